import type { AskOptions } from '../bento-manager';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { Interpreter } from '../interpreter/interpreter';
import type { ServeSettings } from '../settings/serve-settings';
import type { SettingsFiles } from '../settings/settings-files';

/** The settings, interpreter and environment with which the programs of a bento run. */
export interface LaunchContext {
  readonly bento: DiscoveredBento;
  readonly settings: ServeSettings;
  readonly interpreter: Interpreter;
  /** The contents of the files that settings name, before values were read from them. */
  readonly settingsFiles: SettingsFiles;
  /** The variables of its env files. */
  readonly fileVariables: Readonly<Record<string, string>>;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** The options of the caller, all set. */
export type CallerOptions = Required<AskOptions>;
