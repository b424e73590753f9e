import type { AskOptions } from '../bento-manager';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { Interpreter } from '../interpreter/interpreter';
import type { ServeSettings } from '../settings/serve-settings';
import type { SettingsFiles } from '../settings/settings-files';

/** What programs of a bento are run with. */
export interface LaunchContext {
  readonly bento: DiscoveredBento;
  readonly settings: ServeSettings;
  readonly interpreter: Interpreter;
  /** What the files of the settings held before anything was read from them. */
  readonly settingsFiles: SettingsFiles;
  /** The variables of its env files. */
  readonly fileVariables: Readonly<Record<string, string>>;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** By whoever waits for it. */
export type Asked = Required<AskOptions>;
