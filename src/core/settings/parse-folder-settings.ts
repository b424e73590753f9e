import { readEntries } from './bento-entries';
import { defaultSettings } from './default-settings';
import { OverridesExpander } from './expand-overrides';
import { lenientRead } from './lenient-read';
import { mergeSettings } from './merge-settings';
import { plainCopy } from './plain-copy';
import { withoutPortClashes } from './port-clashes';
import { ProblemList } from './problem-list';
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
  const { bentos = [], ...overrides } = read;
  const expanded = expander.expand(overrides, []);
  const merged = mergeSettings(defaultSettings, expanded);
  const defaults = withoutPortClashes(merged, [], expanded, problems);
  const folder = context.workspaceFolder;
  const { entries, positions } = readEntries(bentos, defaults, folder, expander, problems);

  return { defaults, bentos: entries, problems: problems.toArray(positions) };
}

/** The settings of one bento: those of its entry of `bentos`, else the folder's. */
export function settingsFor(settings: FolderSettings, entry?: number): ServeSettings {
  return (entry === undefined ? undefined : settings.bentos[entry])?.settings ?? settings.defaults;
}
