import type { Clock } from '../../../clock';
import { Emitter, type Disposable, type Event } from '../../../events';
import { pause } from '../../../pause';
import type { ProcessHost } from '../helper/process-host';
import {
  WorkerGeneration,
  type LetGo,
  type PrepareAttach,
  type RunningProcess,
  type WorkerExit,
  type WorkersReplaced,
  type WorkerSpec,
  type WorkerStart,
} from './worker-generation';

/** New workers, which accept connections beside those that serve. */
export interface Renewal {
  /** The first of them that has ended already. */
  readonly earlyExit: WorkerExit | undefined;
  /** They serve from now on. Resolves when the old ones have finished what they had, or were ended after the grace period. */
  commit(gracePeriodMs: number): Promise<void>;
  /** They are ended, and all stays as it was. */
  abandon(): Promise<void>;
}

/** A new worker ended before it accepted connections. */
export class EarlyExitError extends Error {
  override readonly name = 'EarlyExitError';
  readonly exit: WorkerExit;

  constructor(exit: WorkerExit) {
    super(`${exit.process} ended before it accepted connections`);
    this.exit = exit;
  }
}

export interface WorkerGroupOptions {
  readonly helper: ProcessHost;
  /** The component's id. */
  readonly id: string;
  readonly specs: readonly WorkerSpec[];
  /** Workers in all, also those that an arbiter starts. */
  readonly wanted: number;
  /** One that they bind themselves. */
  readonly port?: number;
  /** Default: nothing is debugged. */
  readonly prepareAttach?: PrepareAttach;
  readonly letGo?: LetGo;
}

/** Milliseconds between two looks at whether new workers accept connections: about a twentieth of the time that has passed. */
const firstPauseMs = 5;
const pauseFactor = 1.05;
const longestPauseMs = 50;
/** Milliseconds in which new workers that are not wanted any more may answer what they have accepted. */
const abandonedGraceMs = 3_000;

/** All processes of one component: the generation that serves, and those that come after it or have been before it. */
export class WorkerGroup implements Disposable {
  readonly #options: WorkerGroupOptions;
  readonly #exited = new Emitter<WorkerExit>();
  readonly #ended = new Emitter<WorkerExit>();
  readonly #started = new Emitter<WorkerStart>();
  readonly #replaced = new Emitter<WorkersReplaced>();
  /** Those that wait to serve, and those that finish what they have. */
  readonly #beside = new Set<WorkerGeneration>();
  #generations = 0;
  #restarts = 0;
  #current: WorkerGeneration;

  constructor(options: WorkerGroupOptions) {
    this.#options = options;
    this.#current = this.#nextGeneration();
  }

  /** Fires when one of those that serve has ended. */
  readonly onExit: Event<WorkerExit> = this.#exited.event;
  /** Fires when any process has ended. */
  readonly onEnd: Event<WorkerExit> = this.#ended.event;
  readonly onStart: Event<WorkerStart> = this.#started.event;
  /** Fires when the workers of an arbiter changed; no pids when some only came. */
  readonly onReplace: Event<WorkersReplaced> = this.#replaced.event;

  /** What the helper knows those by that serve. */
  get group(): string {
    return this.#current.group;
  }

  /** Also those of the workers of an arbiter. */
  get pids(): readonly number[] {
    return this.#current.pids;
  }

  /** See `WorkerGeneration.processes`. */
  get processes(): readonly RunningProcess[] {
    return this.#current.processes;
  }

  /** Where those that serve write what they import. */
  get imports(): readonly (string | undefined)[] {
    return this.#current.imports;
  }

  get workersWanted(): number {
    return this.#options.wanted;
  }

  get workersAlive(): number {
    return this.#current.workersAlive;
  }

  /** The processes that serve and are ours to start. */
  get alive(): number {
    return this.#current.alive;
  }

  /** The processes that are ours to start, and neither run nor start. */
  get missing(): number {
    return this.#current.missing;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Starts the workers that are missing. See `WorkerGeneration.start`. */
  start(): Promise<void> {
    return this.#current.start();
  }

  /** As `start`, in place of workers that have ended: each counts as a restart. */
  replace(): Promise<void> {
    return this.#current.start(() => this.countRestart());
  }

  /**
   * Starts new workers beside those that serve, on the same sockets, and resolves when they accept connections (Linux).
   * @throws EarlyExitError when one of them ends, HelperRefusal when one cannot be started; and when it is cancelled.
   */
  async renew(clock: Clock, cancel: AbortSignal): Promise<Renewal> {
    cancel.throwIfAborted();
    const next = this.#nextGeneration();
    this.#beside.add(next);
    // Some of them may have accepted requests by now.
    const abandon = (): Promise<void> => this.#retire(next, clock, abandonedGraceMs);
    const failed = new AbortController();
    let earlyExit: WorkerExit | undefined;
    const exits = next.onExit((exit) => {
      earlyExit ??= exit;
      failed.abort(new EarlyExitError(earlyExit));
    });
    const over = AbortSignal.any([cancel, failed.signal]);
    try {
      const ended = new Promise<never>((_, reject) => {
        over.addEventListener('abort', () => reject(over.reason as Error), { once: true });
      });
      await Promise.race([next.start().then(() => this.#accepts(next, clock, over)), ended]);
      over.throwIfAborted();
    } catch (error) {
      exits.dispose();
      await abandon();
      throw error;
    }
    return {
      get earlyExit() {
        return earlyExit;
      },
      abandon,
      commit: (graceMs) => {
        exits.dispose();
        return this.#commit(next, clock, graceMs);
      },
    };
  }

  countRestart(): void {
    this.#restarts += 1;
  }

  async terminate(): Promise<void> {
    await Promise.all(this.#all().map((one) => one.terminate()));
  }

  /** As `terminate`, when others will serve from the same sockets. */
  async retire(): Promise<void> {
    await Promise.all(this.#all().map((one) => one.retire()));
  }

  /** Ends whatever is left, also what escaped from the workers. */
  async kill(): Promise<void> {
    await Promise.all(this.#all().map((one) => one.kill()));
  }

  /** Resolves when no process is left. */
  async ended(): Promise<void> {
    await Promise.all(this.#all().map((one) => one.ended()));
  }

  dispose(): void {
    for (const one of this.#all()) one.dispose();
  }

  #all(): readonly WorkerGeneration[] {
    return [this.#current, ...this.#beside];
  }

  async #accepts(next: WorkerGeneration, clock: Clock, over: AbortSignal): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!over.aborted && (await next.accepting(this.#options.port)) !== true) {
      await pause(clock, pauseMs, over);
      pauseMs = Math.min(longestPauseMs, pauseMs * pauseFactor);
    }
  }

  async #commit(next: WorkerGeneration, clock: Clock, gracePeriodMs: number): Promise<void> {
    const old = this.#current;
    this.#current = next;
    this.#beside.delete(next);
    this.#beside.add(old);
    await this.#retire(old, clock, gracePeriodMs);
  }

  async #retire(generation: WorkerGeneration, clock: Clock, graceMs: number): Promise<void> {
    // A host that is gone has ended everything.
    const kill = (): Promise<unknown> => generation.kill().catch(() => undefined);
    const force = clock.after(graceMs, () => void kill());
    generation.retire().catch(() => undefined);
    await generation.ended();
    force.dispose();
    // What they left behind does not outlive them.
    await kill();
    this.#beside.delete(generation);
    generation.dispose();
  }

  #nextGeneration(): WorkerGeneration {
    const { helper, id, specs, prepareAttach, letGo } = this.#options;
    const number = ++this.#generations;
    const suffix = number === 1 ? '' : `@${number}`;
    const own = specs.map((spec) => ({
      ...spec,
      process: spec.process + suffix,
      ...(spec.imports === undefined ? {} : { imports: spec.imports + suffix }),
    }));
    const generation = new WorkerGeneration(helper, id + suffix, own, prepareAttach, letGo);
    generation.onStart((start) => this.#started.fire(start));
    generation.onExit((exit) => {
      this.#ended.fire(exit);
      if (generation === this.#current) this.#exited.fire(exit);
    });
    generation.onReplace((replaced) => {
      if (generation === this.#current) this.#replaced.fire(replaced);
    });
    return generation;
  }
}
