import type { LogText } from '../../../log';
import type { Event } from '../../../events';
import type { Generation } from '../../../model';
import type { ExitStatus } from '../../../programs/exit-status';
import type {
  ForkServerDeath,
  HelperDebugger,
  HelperOutput,
  HelperProfile,
  HelperWorkers,
} from './helper-messages';

/** What a worker attaches to. */
export interface AttachSpec {
  /** The name of the debug adapter, which identifies the worker's report. */
  readonly adapter: string;
  /** The folder that the package debugpy is in. */
  readonly debugpy: string;
  /** Where the debug adapter waits for the worker, on this machine. */
  readonly port: number;
  /** Both show it to each other. */
  readonly token: string;
  /** Debug the processes that the worker starts, too. */
  readonly subProcess: boolean;
  /** Seconds to wait for the editor, which may have breakpoints in what is imported next; 0 goes on at once. */
  readonly wait: number;
}

/** How a worker profiles itself. */
export interface ProfileSpec {
  readonly seconds: number;
  /** Seconds between two looks at the stacks. */
  readonly interval: number;
  /** The file that the worker writes; it must not exist. */
  readonly file: string;
}

/** Where a worker writes the stacks of its threads, beginning at a byte of the file. */
export interface StacksFile {
  readonly file: string;
  readonly begin: number;
}

export interface ProcessSpec {
  /** Unique among the living processes of the bento. */
  readonly process: string;
  /** What is killed together: the component's id. */
  readonly group: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly fds: readonly number[];
  /** What it gets at once when the helper dies (Linux). */
  readonly deathSignal: 'SIGKILL' | 'SIGTERM';
  /** It runs workers of its own, which are watched. Default: false. */
  readonly arbiter?: boolean;
  /** The fork server forks it, where it can. Default: false. */
  readonly fork?: boolean;
  /** Where a forked one writes the files that it imports. */
  readonly imports?: string;
  /** A worker attaches to it before it imports the service. */
  readonly debug?: AttachSpec;
}

/** The process from which workers are forked. */
export interface ForkServerSpec {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What is imported: all that the workers of class services do, or what those of legacy services may. */
  readonly stack: Generation;
  /** Modules to import beside those. */
  readonly preload: readonly string[];
  /** An empty directory for metrics that are counted at import, which must not be. */
  readonly metrics: string;
  /** A folder for bytecode that Python cannot cache next to the modules. */
  readonly bytecode: string;
  /** Whether it has idle priority until `prioritizeForkServer` is called, if the system allows that. */
  readonly idle: boolean;
}

export interface ForkServerListeners {
  /** Called when a planner can be forked, which is before workers can be. */
  readonly onCanPlan: () => void;
  /** Called when workers could be forked and cannot be any more. */
  readonly onLost: (why: LogText | ForkServerDeath) => void;
}

/** A process that the host runs for us. */
export interface ManagedProcess {
  readonly name: string;
  readonly pid: number;
  /** Settles after the spawn has resolved, and when the host itself ends. */
  readonly exited: Promise<ExitStatus>;
  /** Why it was started although it was to be forked. */
  readonly notForked?: string;
}

export interface BindSpec {
  readonly lease: string;
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  readonly path?: string;
  readonly backlog?: number;
  /** False only keeps others off a port that the server binds itself with SO_REUSEPORT. Default: true. */
  readonly listen?: boolean;
}

/** Its name among the processes of the host. */
export const forkServerProcess = 'fork-server';

/**
 * Runs the processes of one served bento and holds its sockets. Processes belong to groups, which are signalled and
 * ended together; a group that nobody belongs to is no error. Every request rejects once the host has ended.
 */
export interface ProcessHost {
  /** Resolves when the host has ended, and with it everything it started. */
  readonly ended: Promise<ExitStatus>;
  readonly onOutput: Event<HelperOutput>;
  /** Fires when the workers of an arbiter changed. */
  readonly onWorkers: Event<HelperWorkers>;
  /** Fires when a worker has attached to a debugger, or could not. */
  readonly onDebugger: Event<HelperDebugger>;
  /** Fires when a worker has begun to profile itself, and when that has ended. */
  readonly onProfile: Event<HelperProfile>;

  /** @throws ServeError that says why the system did not start it; HelperRefusal when the host has ended. */
  spawn(spec: ProcessSpec): Promise<ManagedProcess>;
  /** Asks the direct processes of the group to end. */
  terminate(group: string): Promise<void>;
  /** Asks those that others have taken over from to end: they accept no more, and finish what they have. */
  retire(group: string): Promise<void>;
  /** Ends everything that is left of the group; gives the number of processes that were. */
  kill(group: string): Promise<number>;
  /**
   * Whether all of the group wait for connections; nothing where the system does not tell.
   * @param port one that they bind themselves.
   */
  accepting(group: string, port?: number): Promise<boolean | undefined>;
  /** Whether it is the group that listens on the port; nothing where the system does not tell. */
  listens(group: string, port: number): Promise<boolean | undefined>;
  /** The processes of the group that a signal has stopped, where the system tells. */
  stopped(group: string): Promise<readonly number[]>;

  /**
   * Makes a running worker attach, also one that an arbiter has started. Replaces an earlier request to this worker.
   * `onDebugger` fires when it has attached. If its main thread is busy in native code, that is later, or never.
   * @throws HelperRefusal when the process is no worker that could attach.
   */
  attachDebugger(pid: number, debug: AttachSpec): Promise<void>;
  /** Withdraws the request to attach to an adapter if the worker has not fetched it yet. Nothing is reported then. */
  withdrawAttach(adapter: string): Promise<void>;
  /**
   * Has a worker profile itself while it serves. `onProfile` fires when it begins and when it has ended; a worker whose
   * main thread is busy in native code begins later, or never.
   * @throws HelperRefusal when the process is no worker that could.
   */
  profile(pid: number, profile: ProfileSpec): Promise<void>;
  /** Ends the profile that is to be written to that file, or withdraws the request for it: nothing is written. */
  endProfile(file: string): Promise<void>;
  /**
   * Has a worker write the stacks of its threads, whatever it is busy with.
   * @throws HelperRefusal when the process is no worker that could.
   */
  dumpStacks(pid: number): Promise<StacksFile>;

  /** @throws HelperRefusal with the errno's name as its code, and the holder of the port when known. */
  bind(spec: BindSpec): Promise<{ fd: number; port: number }>;
  release(lease: string): Promise<void>;
  /**
   * Has the workers read a text as a file that other users cannot: in the helper's memory (Linux), else in the run
   * directory. Gives its path, which holds until a reset or the end.
   */
  keep(text: string): Promise<string>;

  /** Resolves when workers can be forked, or with the reason why they cannot: in words, or how the process died. */
  startForkServer(
    spec: ForkServerSpec,
    listeners: ForkServerListeners,
  ): Promise<LogText | ForkServerDeath | undefined>;
  /** Ends the idle priority of the fork server, which its workers would inherit. */
  prioritizeForkServer(): Promise<void>;
  /** Ends everything but the fork server, and lets go of everything held. */
  reset(): Promise<void>;
  /** Takes no more output until then: what is served waits, instead of lines being lost. Replies come through. */
  hold(until: Promise<void>): void;
  /** Ends everything it started and itself; by force when that takes longer than 10 s. */
  end(): Promise<void>;
}
