import type { Duplex } from 'node:stream';
import type { Disposable, Event } from '../events';
import type { Argument, Message } from '../messages/message';
import type { ComponentState, Problem } from '../model';
import type { TargetKind } from '../target-kinds';

/** The place where one bento runs: its plan becomes resources, which are applied, watched and stopped. */
export interface Target<Plan, Resources> {
  readonly kind: TargetKind;
  /** Turns a plan into resources without changing anything. The same plan always gives the same resources. */
  resources(plan: Plan): Resources;
  /**
   * Serves the resources, and resolves when every component is ready. If this fails or is cancelled, everything that it
   * started is stopped again. What was running before is not changed.
   */
  apply(resources: Resources, options: ApplyOptions): Promise<AppliedBento>;
  /**
   * Compares what runs with what `apply` would make of it. Nothing is changed. Values of secrets are masked.
   * @throws ServeError if nothing runs, or the target does not answer
   */
  compare(
    resources: Resources,
    options: Pick<ApplyOptions, 'signal' | 'secrets'>,
  ): Promise<Comparison>;
  /** Returns the bento if another window has already served it there; undefined otherwise. */
  adopt(signal: AbortSignal): Promise<AppliedBento | undefined>;
}

/** Two YAML texts. Their differences are what would change. */
export interface Comparison {
  readonly running: string;
  readonly planned: string;
  /** Changes that the texts do not show. */
  readonly notes: readonly Message[];
}

export interface ApplyOptions {
  readonly signal: AbortSignal;
  /** Called as soon as the bento can be watched, which is before it is ready. */
  readonly onApplied?: (applied: AppliedBento) => void;
  /** The same bento if it is watched already. A target may continue that watch instead of beginning another one. */
  readonly watched?: AppliedBento | undefined;
  /** The values of the plan's secret variables and of the variables of its files. They are never written to a file. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** A bento that runs on a target. Disposing it only stops the watch: the bento keeps running. */
export interface AppliedBento extends Disposable {
  readonly onDidChange: Event<void>;
  readonly state: AppliedState;
  /** Whether its workers run the source of this machine, which is mounted. */
  readonly mountsSource: boolean;
  /** Resolves when there is no more output, or rejects with `cancelled`. */
  logs(request: WorkerLogRequest): Promise<void>;
  /** Returns a program for a terminal: a shell in a worker. */
  shell(worker: AppliedWorker): TerminalProgram;
  /** Describes a worker, or a component without one, for people. Values of variables are masked. */
  describe(
    component: string,
    worker: AppliedWorker | undefined,
    signal: AbortSignal,
  ): Promise<string>;
  /**
   * Changes the number of workers of a component until the bento is applied again. Resolves when the engine has accepted
   * it. @throws ServeError `engine-rejected` if something else sets the number
   */
  scale(component: string, count: number, signal: AbortSignal): Promise<void>;
  /** Opens a connection to a port on the loopback interface of a worker. It is closed if there is no such port. */
  connect(worker: AppliedWorker, port: number): Duplex;
  /** Restarts a component, or all of them. Resolves when new workers have been started and `state` shows them. */
  restart(component: string | undefined, signal: AbortSignal): Promise<void>;
  /** Stops and removes what was applied, and nothing else. Also possible after `dispose`. */
  stop(signal: AbortSignal): Promise<void>;
}

export interface AppliedState {
  readonly components: readonly AppliedComponent[];
  /** Present if the target does not answer. The other properties have the last known values. */
  readonly unknown?: {
    /** Milliseconds since the epoch. */
    readonly since: number;
    readonly problem: Problem;
  };
}

export interface AppliedComponent {
  /** See `Component.id`. */
  readonly id: string;
  readonly state: ComponentState;
  /** The reason why it is not ready. */
  readonly reason?: Argument;
  /** The address for users: `http://127.0.0.1:3000`, `grpc://127.0.0.1:50051`. Absent if only other workers reach it. */
  readonly address?: string;
  /** Milliseconds since the epoch. Default: when its first worker was started. */
  readonly startedAt?: number;
  /** The requested number of workers. Absent if the engine does not say. */
  readonly replicas?: number;
  /** Whether its workers are started with the debugger. */
  readonly isDebugged?: boolean;
  /** Whether it cannot have more than one worker: only one container can have its port of this machine. */
  readonly isSingle?: boolean;
  readonly workers: readonly AppliedWorker[];
}

/** A container or pod. */
export interface AppliedWorker {
  /** Unique on the target. */
  readonly name: string;
  /** The part of the name that people need to tell the bento's workers apart. Default: the whole name. */
  readonly shortName?: string;
  readonly component: string;
  /** Its number in its component, counted from 1. */
  readonly number: number;
  readonly state: ComponentState;
  readonly reason?: Argument;
  /** The machine of the cluster that runs it. Absent on Compose, and for a pod that no machine has taken yet. */
  readonly node?: string;
  readonly restarts: number;
  /** Whether the engine still has the log of the container before the last restart. */
  readonly hasPreviousLog?: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
}

export interface WorkerLogRequest {
  readonly worker: AppliedWorker;
  /** Whether to print the log of the container before the last restart instead. Only clusters keep it. */
  readonly previous?: boolean;
  /** The number of earlier lines to include. */
  readonly tail: number;
  /** The time of the earliest line to include, in milliseconds since the epoch. Default: any time. */
  readonly since?: number;
  readonly onOutput: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface TerminalProgram {
  /** An absolute path. */
  readonly file: string;
  readonly args: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
}
