import type { UsedEngines } from './used-engines';
import type { BentoProfiles } from '../bento-manager';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { Event } from '../events';
import type { Interpreter } from '../interpreter/interpreter';
import type { FindOptions } from '../interpreter/interpreter-finder';
import type { TargetChoice } from '../target/target-choice';
import type { PrivilegedVariable } from '../settings/privileged-variables';
import type { FolderSettings, ServeSettings } from '../settings/serve-settings';

/** Provides bentos, their settings and their interpreters. */
export interface BentoSources {
  /** Whether a folder is still one of the window's. */
  readonly hasFolder: (folder: string) => boolean;
  /** Everything discovered so far. */
  readonly discovered: () => readonly DiscoveredBento[];
  readonly onDidDiscover: Event<void>;
  /** Another interpreter was chosen somewhere. */
  readonly onDidChangeInterpreter: Event<void>;
  /** Sources were saved, came, or went: absolute paths. May tell of one twice. */
  readonly onDidChangeFiles: Event<readonly string[]>;
  /** Watches the source files of served bentos, wherever they are. Absolute paths; they replace those of the last call. */
  readonly watchServed: (files: readonly string[]) => void;
  readonly refresh: () => Promise<void>;
  readonly settingsFor: (bento: DiscoveredBento) => ServeSettings;
  readonly profiles: (bento: DiscoveredBento) => BentoProfiles;
  /** Remembers it; without a name, that there is none. */
  readonly chooseProfile: (bento: DiscoveredBento, name: string | undefined) => void;
  /** The user's choice of a target for a bento, which overrides its settings. */
  readonly targetChoice: (bento: DiscoveredBento) => TargetChoice;
  readonly chooseTarget: (bento: DiscoveredBento, choice: TargetChoice) => void;
  /** The engines on which bentos may run, whatever their targets are now. */
  readonly usedEngines: Pick<UsedEngines, 'of' | 'add' | 'remove'>;
  /** See `ChosenTargets.settle`. */
  readonly settleTarget: (bento: DiscoveredBento, isKept: boolean) => boolean;
  readonly folderSettings: (folder: string) => FolderSettings;
  /** Returns the user's own settings, without those of the workspace. */
  readonly usersOwnSettings: (bento: DiscoveredBento) => ServeSettings;
  /** The variables of the env files. @throws ServeError `settings` */
  readonly fileVariables: (settings: ServeSettings) => Promise<Readonly<Record<string, string>>>;
  /** Returns the privileged variables of the files and the settings that the user has not set. */
  readonly privilegedVariables: (
    bento: DiscoveredBento,
    settings: ServeSettings,
    fileVariables: Readonly<Record<string, string>>,
  ) => readonly PrivilegedVariable[];
  readonly findInterpreter: (
    bento: DiscoveredBento,
    settings: ServeSettings,
    signal: AbortSignal,
    options?: FindOptions,
  ) => Promise<Interpreter>;
  /** Returns the environment. Asks for its secrets, and rejects if one is not entered. */
  readonly environmentFor: (
    bento: DiscoveredBento,
    settings: ServeSettings,
    interpreter: Pick<Interpreter, 'path'>,
    fileVariables: Readonly<Record<string, string>>,
  ) => Promise<Readonly<Record<string, string>>>;
}
