import type { Disposable, Event } from '../events';
import type { Argument, MessageTexts } from '../messages/message';
import type { ComponentState } from '../model';

/** Where plans run: on this machine, on an engine that runs Compose files, in a cluster. */
export type TargetKind = 'local' | 'compose' | 'kubernetes';

/** The place where one bento runs: its plan becomes resources, which are applied, watched and stopped. */
export interface Target<Plan, Resources> {
  readonly kind: TargetKind;
  /** What a plan becomes there. The same plan gives the same resources. Nothing is changed yet. */
  resources(plan: Plan): Resources;
  /**
   * Serves them, and resolves when every component is ready. If that fails or is cancelled, what it has started is
   * stopped again; what ran before is left as it is.
   */
  apply(resources: Resources, options: ApplyOptions): Promise<AppliedBento>;
  /** What runs there already, from another window. Undefined when there is nothing. */
  adopt(signal: AbortSignal): Promise<AppliedBento | undefined>;
}

export interface ApplyOptions {
  readonly signal: AbortSignal;
  /** The values of the plan's secret variables. They are written into no file. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** A bento that runs on a target. Disposing it ends the watch; the bento goes on. */
export interface AppliedBento extends Disposable {
  readonly onDidChange: Event<void>;
  readonly state: AppliedState;
  /** Resolves when there is no more output, or rejects with `cancelled`. */
  logs(request: WorkerLogRequest): Promise<void>;
  /** A program for a terminal: a shell in a worker. */
  shell(worker: AppliedWorker): TerminalProgram;
  /** Restarts a component, or all of them. Resolves when its workers have been started. */
  restart(component: string | undefined, signal: AbortSignal): Promise<void>;
  /** Stops and removes what was applied, and nothing else. */
  stop(signal: AbortSignal): Promise<void>;
}

export interface AppliedState {
  readonly components: readonly AppliedComponent[];
  /** The target does not answer: the rest is what was seen last. */
  readonly unknown?: {
    /** Milliseconds since the epoch. */
    readonly since: number;
    readonly texts: MessageTexts;
  };
}

export interface AppliedComponent {
  /** See `Component.id`. */
  readonly id: string;
  readonly state: ComponentState;
  /** Why it is not ready, in words. */
  readonly reason?: Argument;
  readonly workers: readonly AppliedWorker[];
}

/** A container or pod. */
export interface AppliedWorker {
  /** Unique on the target. */
  readonly name: string;
  readonly component: string;
  /** Counts the workers of its component, from 1. */
  readonly number: number;
  readonly state: ComponentState;
  readonly reason?: Argument;
  readonly restarts: number;
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
}

export interface WorkerLogRequest {
  readonly worker: AppliedWorker;
  /** How many lines from before. */
  readonly tail: number;
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
