import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../clock';
import { attachProblem, debuggerProblem } from '../../../debug/attach-problem';
import type { DebugOptions, DebugState } from '../../../debug/bento-debugger';
import {
  sessionName,
  type DebuggedWorker,
  type WorkerIdentity,
} from '../../../debug/debugged-worker';
import type { Debugger } from '../../../debug/debugger';
import { PausedSessions } from '../../../debug/paused-sessions';
import { gatePort } from '../../../debug/worker-gate';
import { Emitter, type Event } from '../../../events';
import { messageIn, say } from '../../../messages/message';
import type { Problem } from '../../../model';
import { extended, problemOf, ServeError } from '../../../problem';
import { withTimeout } from '../../../with-timeout';
import type { AppliedBento, AppliedWorker } from '../../target';
import { WorkerAttachment } from './worker-attachment';

/** The options for starting components of a bento with the debugger. */
export interface EngineDebugStart {
  /** The ids of the components that are debugged. */
  readonly components: readonly string[];
  readonly options: DebugOptions;
  /** The token that a connection to a worker's debug adapter must send first. */
  readonly token: string;
  /** Whether the time limits of BentoML are raised in all components, because the bento was started with the debugger. */
  readonly raisesLimits: boolean;
}

export interface EngineDebuggerParts {
  readonly clock: Clock;
  /** The name of the bento. */
  readonly bento: string;
  /** Returns the title of a component. */
  readonly titleOf: (component: string) => string;
  /** Applies the bento again, as `start` says. Resolves when all components are ready. */
  readonly apply: () => Promise<void>;
}

/** The time limit for a worker to attach once its component is ready. */
const attachMs = 30_000;

/** Debugs the workers of a bento in containers. The engine restarts a component when its debugging begins or ends. */
export class EngineDebugger implements Debugger {
  remoteSource: string | undefined;
  readonly #parts: EngineDebuggerParts;
  readonly #components = new Set<string>();
  readonly #attachments = new Map<string, WorkerAttachment>();
  readonly #workers = new Set<DebuggedWorker>();
  /** The last failure of each component that is debugged. */
  readonly #failures = new Map<string, Problem>();
  readonly #attached = new Emitter<DebuggedWorker>();
  readonly #failed = new Emitter<Problem>();
  readonly #changed = new Emitter<void>();
  readonly #paused = new PausedSessions();
  /** Present while anything is debugged. */
  #start: Pick<EngineDebugStart, 'options' | 'token' | 'raisesLimits'> | undefined;
  #applied: AppliedBento | undefined;
  #count = 0;
  /** The number of attaches and detaches in progress. */
  #changes = 0;

  constructor(parts: EngineDebuggerParts) {
    this.#parts = parts;
  }

  readonly onDidAttach: Event<DebuggedWorker> = this.#attached.event;
  readonly onDidFail: Event<Problem> = this.#failed.event;
  readonly onDidChange: Event<void> = this.#changed.event;

  get workers(): readonly DebuggedWorker[] {
    return [...this.#workers];
  }

  get options(): DebugOptions | undefined {
    return this.#start?.options;
  }

  /** Present while anything is debugged. */
  get start(): EngineDebugStart | undefined {
    return this.#start && { ...this.#start, components: [...this.#components].sort() };
  }

  /** Whether containers are being replaced by ones with or without the debugger. */
  get isChanging(): boolean {
    return this.#changes > 0;
  }

  isDebugging(component?: string): boolean {
    return component === undefined ? this.#components.size > 0 : this.#components.has(component);
  }

  stateOf(component: string): DebugState | undefined {
    // This is called for thousands of components, most of which are not debugged.
    if (this.#workers.size === 0) return undefined;
    const own = this.workers.filter((worker) => worker.component === component);
    if (own.length === 0) return undefined;
    return own.some(({ socket }) => this.#paused.isPaused(socket)) ? 'paused' : 'attached';
  }

  setPaused(socket: string, session: string, isPaused: boolean): void {
    const isKnown = this.workers.some((worker) => worker.socket === socket);
    if (isKnown && this.#paused.set(socket, session, isPaused)) this.#changed.fire();
  }

  /** Resolves when no worker is paused, or the signal is aborted. */
  async untilContinued(signal: AbortSignal): Promise<void> {
    const isPaused = (): boolean =>
      this.workers.some(({ socket }) => this.#paused.isPaused(socket));
    if (!isPaused() || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const end = (): void => resolve(undefined);
    const changes = this.onDidChange(() => {
      if (!isPaused()) end();
    });
    signal.addEventListener('abort', end, { once: true });
    await promise;
    changes.dispose();
    signal.removeEventListener('abort', end);
  }

  /** Workers of the components attach from the next time that the bento is applied. */
  enable(components: readonly string[], options: DebugOptions, raisesLimits: boolean): void {
    this.#start ??= { options, raisesLimits, token: randomBytes(32).toString('hex') };
    for (const component of components) {
      this.#components.add(component);
      this.#failures.delete(component);
    }
    this.follow(this.#applied);
  }

  /**
   * Restarts components so that their workers attach. Resolves when they are ready.
   * @throws ServeError if none of them can be attached; they are no longer debugged then
   */
  async attach(
    components: readonly string[],
    options: DebugOptions,
  ): Promise<readonly DebuggedWorker[]> {
    return this.#whileChanging(() => this.#attach(components, options));
  }

  /** @throws ServeError if the engine does not start the components again without the debugger */
  async detach(component?: string): Promise<void> {
    await this.#whileChanging(() => this.#detach(component));
  }

  async #whileChanging<T>(work: () => Promise<T>): Promise<T> {
    this.#changes += 1;
    try {
      return await work();
    } finally {
      this.#changes -= 1;
      this.#changed.fire();
    }
  }

  async #attach(
    components: readonly string[],
    options: DebugOptions,
  ): Promise<readonly DebuggedWorker[]> {
    const added = components.filter((one) => !this.isDebugging(one));
    this.enable(components, options, false);
    try {
      if (added.length > 0) await this.#parts.apply();
    } catch (error) {
      this.#disable(added);
      throw error;
    }
    const { clock, titleOf } = this.#parts;
    await this.#untilKnown(components, clock);
    const workers = this.workers.filter(({ component }) => components.includes(component));
    if (workers.length > 0) return workers;
    const [component = ''] = components;
    const subject = { component, name: titleOf(component) };
    const problem =
      components.map((one) => this.#failures.get(one)).find((one) => one !== undefined) ??
      debuggerProblem(subject, 'debuggerNotAttached');
    this.#disable(added);
    if (added.length > 0) await this.#parts.apply();
    throw new ServeError(problem);
  }

  async #detach(component: string | undefined): Promise<void> {
    const ended = component === undefined ? [...this.#components] : [component];
    if (!ended.some((one) => this.isDebugging(one))) return;
    this.#disable(ended);
    try {
      await this.#parts.apply();
    } catch (error) {
      const problem = problemOf(error, 'engine-failed');
      if (problem.code === 'cancelled') throw error;
      const facts = { problem: messageIn(problem), bento: this.#parts.bento };
      const failure = extended(problem, say('debuggerNotRemoved', facts));
      // The session that ends shows only what it prints.
      this.#failed.fire(failure);
      throw new ServeError(failure, { cause: error });
    }
  }

  /** Reaches the workers of the debugged components as they are now. */
  follow(applied: AppliedBento | undefined): void {
    this.#applied = applied;
    const workers = (applied?.state.components ?? [])
      .filter(({ id }) => this.isDebugging(id))
      .flatMap((component) => component.workers)
      .filter(isRunning);
    const wanted = new Map(workers.map((worker) => [keyOf(worker), worker]));
    for (const [key, attachment] of this.#attachments) {
      if (wanted.has(key)) continue;
      attachment.dispose();
      this.#attachments.delete(key);
    }
    if (applied === undefined) return;
    for (const [key, worker] of wanted) {
      if (!this.#attachments.has(key)) this.#attachments.set(key, this.#reach(applied, worker));
    }
  }

  dispose(): void {
    this.#disable([...this.#components]);
  }

  #disable(components: readonly string[]): void {
    for (const component of components) this.#components.delete(component);
    if (this.#components.size === 0) this.#start = undefined;
    this.follow(this.#applied);
  }

  #reach(applied: AppliedBento, worker: AppliedWorker): WorkerAttachment {
    const { component, number } = worker;
    const componentName = this.#parts.titleOf(component);
    const identity = { component, componentName, process: `${component}#${number}` };
    return new WorkerAttachment({
      ...{ clock: this.#parts.clock, identity, token: this.#start?.token ?? '' },
      socket: `${worker.name}/${++this.#count}`,
      connect: () => applied.connect(worker, gatePort),
      onAttached: (attached) => {
        this.#workers.add(attached);
        this.#attached.fire(attached);
        this.#changed.fire();
      },
      onEnded: (ended) => {
        this.#workers.delete(ended);
        this.#paused.forget(ended.socket);
        this.#changed.fire();
      },
      onFailed: (failure) => this.#fail(identity, attachProblem(subjectOf(identity), failure)),
    });
  }

  #fail({ component }: WorkerIdentity, problem: Problem): void {
    this.#failures.set(component, problem);
    this.#failed.fire(problem);
    this.#changed.fire();
  }

  /** Resolves when a worker of each component has attached or failed, or the time limit is over. */
  async #untilKnown(components: readonly string[], clock: Clock): Promise<void> {
    const isKnown = (one: string): boolean =>
      this.stateOf(one) !== undefined || this.#failures.has(one);
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const check = (): void => {
      if (components.every(isKnown)) resolve(undefined);
    };
    const changes = this.onDidChange(check);
    check();
    await withTimeout(clock, attachMs, promise);
    changes.dispose();
  }
}

const subjectOf = (
  identity: WorkerIdentity,
): { readonly component: string; readonly name: string } => ({
  component: identity.component,
  name: sessionName(identity),
});

/** Identifies a start of a worker: a container that is started again keeps its name. */
const keyOf = ({ name, startedAt }: AppliedWorker): string => `${name} ${startedAt}`;

const isRunning = ({ state, startedAt }: AppliedWorker): boolean =>
  startedAt !== undefined && state !== 'stopping' && state !== 'stopped' && state !== 'failed';
