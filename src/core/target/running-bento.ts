import type { BentoWarning } from '../bento-manager';
import type { DebugOptions } from '../debug/bento-debugger';
import type { DebuggedWorker } from '../debug/debugged-worker';
import type { Debugger } from '../debug/debugger';
import type { Event } from '../events';
import type { EngineActions } from './engine/engine-actions';
import type { WorkerStacks } from '../profile/dump-stacks';
import type { ProfileRequest } from '../profile/profile-worker';
import type { RunningWorker } from '../profile/running-worker';
import type { BentoEngine, Problem } from '../model';
import type { Message } from '../messages/message';
import type { Plan } from '../plan/plan';
import type { ServeRequest } from './serve-request';
import type { TerminalProgram } from './target';
import type { RunningComponent } from './running-component';

/** What was asked for; nothing of a watched one is run by an interpreter. */
export type RunningRequest = Pick<ServeRequest, 'bento' | 'settings'> &
  Partial<Pick<ServeRequest, 'interpreter' | 'fileVariables' | 'profile'>>;

/** A bento that is served, or watched. */
export interface RunningBento {
  readonly onDidChange: Event<void>;
  /** Fires once, when nothing is left of it, whoever ended it. */
  readonly onDidEnd: Event<void>;
  readonly request: RunningRequest;
  /** Absent if its processes run on this machine, or are only watched. */
  readonly engine?: BentoEngine;
  readonly plan: Plan | undefined;
  readonly components: readonly RunningComponent[];
  /** It was up at one time: what is not ready now has got worse. */
  readonly wasReady: boolean;
  readonly stopping: boolean;
  readonly problem: Problem | undefined;
  readonly warnings: readonly BentoWarning[];
  /** Files that the settings name hold something else than at the start. */
  readonly settingsFilesChanged: boolean;
  /** Whether it serves saved code without a restart by the user. */
  readonly followsCode: boolean;
  /** These were saved, came, or went. */
  filesChanged(paths: readonly string[]): void;
  /**
   * Finds out whether it can be started, while another one serves: the code is imported beside what runs.
   * @throws ServeError why it cannot be; the other one goes on.
   */
  check(running: RunningBento, signal: AbortSignal): Promise<void>;
  /** @throws ServeError after ending whatever was started. */
  start(signal: AbortSignal, only?: string): Promise<void>;
  startComponent(id: string, signal: AbortSignal): Promise<void>;
  restartComponent(id: string, signal: AbortSignal): Promise<void>;
  /** It was started under a debugger: BentoML's time limits are raised. */
  readonly hasRaisedLimits: boolean;
  /** Of its workers; absent until something of it runs here. */
  readonly debugger: Debugger | undefined;
  /**
   * Attaches the running workers of a component, or of all, to a debugger; those that come after them attach, too.
   * If a worker cannot be attached, it keeps serving, and `debugger.onDidFail` fires with the reason.
   * @param worker the number of the only worker to attach, counted from 1
   * @throws ServeError if no worker can be attached.
   */
  attachDebugger(
    component: string | undefined,
    options: DebugOptions,
    worker?: number,
  ): Promise<readonly DebuggedWorker[]>;
  /** Returns the reason why a component cannot be debugged; undefined if it can be. */
  notDebuggable(component: string): Message | undefined;
  /** The running workers of a component, or of all, as far as they run here. */
  workers(component: string | undefined): readonly RunningWorker[];
  /** See `profileWorker`. */
  profile(worker: RunningWorker, request: ProfileRequest): Promise<void>;
  /** See `dumpStacks`. */
  dumpStacks(
    workers: readonly RunningWorker[],
    signal: AbortSignal,
  ): Promise<readonly WorkerStacks[]>;
  /** Tries again to serve saved code that could not be served. @throws ServeError why it cannot be. */
  retryReload(signal: AbortSignal): Promise<void>;
  stopComponent(id: string): Promise<void>;
  stop(): Promise<void>;
  /** Returns a shell in a worker, to be run in a terminal. Absent on this machine. @throws ServeError `not-found` */
  shell?(worker: string): TerminalProgram;
  /** Actions on its containers or pods. Absent on this machine. */
  readonly actions?: EngineActions;
  /** Stops the processes on this machine. What an engine runs keeps running. */
  leave(): Promise<void>;
  /** Ends at once what is being stopped. */
  force(): void;
}
