import { readEntries } from './bento-entries';
import { folderSettings } from './declarations/folder-settings';
import { defaultSettings, withoutDefaults } from './default-settings';
import { OverridesExpander } from './expand-overrides';
import { lenientRead } from './lenient-read';
import { mergeSettings } from './merge-settings';
import { plainCopy } from './plain-copy';
import { withoutPortClashes } from './port-clashes';
import { ProblemList } from './problem-list';
import { readProfiles } from './profiles';
import type { FolderSettings, ServeSettings } from './serve-settings';
import { schemaOf } from './setting-schema';
import type { SettingsContext } from './settings-context';

/**
 * Parses all settings of one workspace folder. `raw` has its values, nested at the dots of their names:
 * `{ http: { port: 3000 }, bentos: [] }`. Never throws: an invalid value is reported, and its default applies.
 */
export function parseFolderSettings(raw: unknown, context: SettingsContext): FolderSettings {
  const problems = new ProblemList();
  const expander = new OverridesExpander(context, problems);

  const set = withoutDefaults(folderSettings, plainCopy(raw));
  const read = lenientRead(schemaOf(folderSettings, set), set, [], problems) ?? {};
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

/** Gives the settings of one bento: those of its entry in `bentos` or of the folder, with its profile if it has one. */
export function settingsFor(
  { defaults, profiles, bentos }: FolderSettings,
  entry?: number,
  profile?: string,
): ServeSettings {
  const own = (entry === undefined ? undefined : bentos[entry]) ?? { settings: defaults, profiles };
  return (profile === undefined ? undefined : own.profiles[profile]) ?? own.settings;
}
