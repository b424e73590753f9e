import type { Event } from '../events';
import type { Problem } from '../model';
import type { DebugOptions, DebugState } from './bento-debugger';
import type { DebuggedWorker } from './debugged-worker';

/** Debugs the workers of one served bento, wherever they run. */
export interface Debugger {
  readonly onDidAttach: Event<DebuggedWorker>;
  /** Fires when a worker could not attach: it serves without the debugger. */
  readonly onDidFail: Event<Problem>;
  /** Fires when the result of `stateOf` changes for a component. */
  readonly onDidChange: Event<void>;
  /** The workers that are attached now. */
  readonly workers: readonly DebuggedWorker[];
  /** The options of the debugged components; undefined if none is debugged. */
  readonly options: DebugOptions | undefined;
  /** The folder of the bento's code in its containers. Absent if it is the same as on this machine. */
  readonly remoteSource?: string | undefined;
  /** Whether the component, or any, is debugged: its workers attach, including those that start later. */
  isDebugging(component?: string): boolean;
  /** The debug state of a component; undefined when none of its workers is attached. */
  stateOf(component: string): DebugState | undefined;
  /** Records whether a session of the editor is paused. A session that ends is no longer paused. */
  setPaused(socket: string, session: string, isPaused: boolean): void;
  /** Ends the debugging of a component, or of all: their workers continue without it, and later workers start without it. */
  detach(component?: string): Promise<void>;
}
