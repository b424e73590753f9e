import { readEntries } from './bento-entries';
import { defaultSettings } from './default-settings';
import { OverridesExpander } from './expand-overrides';
import { lenientRead } from './lenient-read';
import { mergeSettings } from './merge-settings';
import { plainCopy } from './plain-copy';
import { withoutPortClashes } from './port-clashes';
import { ProblemList } from './problem-list';
import { readProfiles } from './profiles';
import { folderSchema } from './schema';
import type { FolderSettings, ServeSettings } from './serve-settings';
import type { SettingsContext } from './settings-context';

/**
 * The only reader of settings. `raw` is one workspace folder's values, nested as the dots say:
 * `{ http: { port: 3000 }, bentos: [] }`. Never throws: what is wrong is a problem and left at its default.
 */
export function parseFolderSettings(raw: unknown, context: SettingsContext): FolderSettings {
  const problems = new ProblemList();
  const expander = new OverridesExpander(context, problems);

  const read = lenientRead(folderSchema, plainCopy(raw), [], problems) ?? {};
  const { bentos = [], profiles = {}, watch = {}, ...overrides } = read;
  const expanded = expander.expand(overrides, []);
  const merged = mergeSettings(defaultSettings, expanded);
  const defaults = withoutPortClashes(merged, [], expanded, problems);
  const folder = context.workspaceFolder;
  const withProfiles = readProfiles(profiles, expander, problems);
  const bases = { defaults, withProfiles };
  const { entries, positions } = readEntries(bentos, bases, folder, expander, problems);

  return {
    defaults,
    profiles: withProfiles(defaults),
    bentos: entries,
    watched: Object.entries(watch).map(([name, addresses]) => ({
      name,
      addresses: [...new Set(addresses)],
    })),
    problems: problems.toArray(positions),
  };
}

/** The settings of one bento: those of its entry of `bentos`, else the folder's; with its profile, where there is one. */
export function settingsFor(
  { defaults, profiles, bentos }: FolderSettings,
  entry?: number,
  profile?: string,
): ServeSettings {
  const own = (entry === undefined ? undefined : bentos[entry]) ?? { settings: defaults, profiles };
  return (profile === undefined ? undefined : own.profiles[profile]) ?? own.settings;
}
