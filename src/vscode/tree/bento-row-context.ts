import type { TargetKind } from '../../core/target-kinds';
import type { BentoWarning, ConfigDrift, StopTimes } from '../../core/bento-manager';

/** What a bento's row and tooltip say beside the bento itself. */
export interface BentoRowContext {
  /** The name of its workspace folder, where there are several. */
  readonly folderName?: string | undefined;
  readonly reference?: string | undefined;
  readonly workingDir?: string | undefined;
  /** The source does not say what BentoML calls it. */
  readonly isNameProvisional?: boolean;
  /** Whether output of any component is there. */
  readonly hasTerminal: boolean;
  /** There are some to choose from. */
  readonly hasProfiles: boolean;
  /** The place where it is served, or would be. */
  readonly target?: TargetKind;
  readonly drift?: ConfigDrift | undefined;
  readonly warnings?: readonly BentoWarning[];
  readonly expanded: boolean;
  /** Whether no debugger can be attached to any of its components. */
  readonly notDebuggable?: boolean;
  /** The ids of the components that are paused in the debugger. */
  readonly paused?: readonly string[];
  /** Of the component whose stop may take longest. */
  readonly stop?: StopTimes | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}
