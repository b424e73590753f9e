import { lenientRead } from './lenient-read';
import { mergeSettings } from './merge-settings';
import type { OverridesExpander } from './expand-overrides';
import { withoutPortClashes } from './port-clashes';
import { settingName, type ProblemList, type SettingPath } from './problem-list';
import type { WithProfiles } from './profiles';
import { entrySchema } from './schema';
import type { BentoEntry, ServeSettings } from './serve-settings';
import { shownText } from './shown-value';
import { say, type Message } from '../messages/message';

export interface ReadEntries {
  readonly entries: readonly BentoEntry[];
  /** Maps an index in the raw list to the index of the entry. */
  readonly positions: ReadonlyMap<number, number>;
}

/** The settings that entries override. */
interface EntryBases {
  readonly defaults: ServeSettings;
  readonly withProfiles: WithProfiles;
}

/** Reads `serveBento.bentos`, without entries that have no valid `bento` or repeat an earlier one. */
export function readEntries(
  raw: readonly unknown[],
  { defaults, withProfiles }: EntryBases,
  workspaceFolder: string,
  expander: OverridesExpander,
  problems: ProblemList,
): ReadEntries {
  const entries: BentoEntry[] = [];
  const positions = new Map<number, number>();
  const taken = new Map<string, number>();

  raw.forEach((value, index) => {
    const at: SettingPath = ['bentos', index];
    const read = lenientRead(entrySchema(), value, at, problems);
    if (read === undefined) return;
    const { name, bento, workingDir, ...overrides } = read;
    const folder = expander.path(workingDir, [...at, 'workingDir']) ?? workspaceFolder;

    const keys = [`bento\0${bento}\0${folder}`, ...(name === undefined ? [] : [`name\0${name}`])];
    const twin = keys.find((key) => taken.has(key));
    if (twin !== undefined) {
      const first = taken.get(twin) ?? 0;
      problems.add(at, duplicate(at, first, twin.startsWith('name') ? (name ?? '') : bento));
      return;
    }
    for (const key of keys) taken.set(key, index);

    const expanded = expander.expand(overrides, at);
    const settings = withoutPortClashes(mergeSettings(defaults, expanded), at, expanded, problems);
    positions.set(index, entries.length);
    entries.push({
      ...(name !== undefined && { name }),
      ...{ bento, workingDir: folder, settings, profiles: withProfiles(settings) },
    });
  });
  return { entries, positions };
}

const duplicate = (at: SettingPath, first: number, shared: string): Message =>
  say('settingDuplicate', {
    setting: settingName(at),
    first: settingName(['bentos', first]),
    shared: shownText(shared),
  });
