import { Emitter, type Disposable, type Event } from '../events';
import type { ExitStatus } from './exit-status';
import type { Helper, ProcessSpec } from './helper';

/** One process of a component, as often as it has to be started. */
export type WorkerSpec = Omit<ProcessSpec, 'group'>;

export interface WorkerStart {
  readonly spec: WorkerSpec;
  readonly pid: number;
  /** Why it was started although it was to be forked. */
  readonly notForked: string | undefined;
}

export interface WorkerExit {
  readonly process: string;
  readonly pid: number;
  readonly status: ExitStatus;
}

/** Workers that ended and that their arbiter starts again. */
export interface WorkersReplaced {
  readonly process: string;
  readonly pids: readonly number[];
}

/** All processes of one component: those that are missing are started, all are ended together. */
export class WorkerGroup implements Disposable {
  readonly #helper: Helper;
  readonly #group: string;
  readonly #specs: readonly WorkerSpec[];
  readonly #wanted: number;
  readonly #living = new Map<string, number>();
  /** Of the arbiters among them, by their process. */
  readonly #workers = new Map<string, readonly number[]>();
  readonly #exited = new Emitter<WorkerExit>();
  readonly #started = new Emitter<WorkerStart>();
  readonly #replaced = new Emitter<WorkersReplaced>();
  readonly #subscription: Disposable;
  #restarts = 0;
  readonly #starting = new Set<string>();

  /** `wanted`: workers in all, also those that an arbiter starts. */
  constructor(helper: Helper, group: string, specs: readonly WorkerSpec[], wanted: number) {
    this.#helper = helper;
    this.#group = group;
    this.#specs = specs;
    this.#wanted = wanted;
    this.#subscription = helper.onWorkers(({ process, alive, died }) => {
      if (!this.#living.has(process)) return;
      this.#workers.set(process, alive);
      this.#replaced.fire({ process, pids: died });
    });
  }

  readonly onExit: Event<WorkerExit> = this.#exited.event;
  readonly onStart: Event<WorkerStart> = this.#started.event;
  /** Fires when the workers of an arbiter changed; no pids when some only came. */
  readonly onReplace: Event<WorkersReplaced> = this.#replaced.event;

  /** Also those of the workers of an arbiter. */
  get pids(): readonly number[] {
    return [...this.#living.values(), ...this.#workerPids];
  }

  get workersWanted(): number {
    return this.#wanted;
  }

  get workersAlive(): number {
    const arbiters = this.#specs.some(({ arbiter }) => arbiter === true);
    return arbiters ? this.#workerPids.length : this.#living.size;
  }

  /** The processes that are ours to start. */
  get alive(): number {
    return this.#living.size + this.#starting.size;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Starts the workers that are missing. @throws HelperRefusal when one cannot be started. */
  async start(): Promise<void> {
    const missing = this.#specs.filter(
      ({ process }) => !this.#living.has(process) && !this.#starting.has(process),
    );
    await Promise.all(missing.map((spec) => this.#startOne(spec)));
  }

  countRestart(): void {
    this.#restarts += 1;
  }

  terminate(): Promise<void> {
    return this.#helper.terminate(this.#group);
  }

  /** Ends whatever is left, also what escaped from the workers; gives the number of processes that were. */
  kill(): Promise<number> {
    return this.#helper.kill(this.#group);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  get #workerPids(): readonly number[] {
    return [...this.#workers.values()].flat();
  }

  async #startOne(spec: WorkerSpec): Promise<void> {
    this.#starting.add(spec.process);
    try {
      const { pid, exited, notForked } = await this.#helper.spawn({ ...spec, group: this.#group });
      this.#living.set(spec.process, pid);
      this.#started.fire({ spec, pid, notForked });
      void exited.then((status) => {
        this.#living.delete(spec.process);
        this.#workers.delete(spec.process);
        this.#exited.fire({ process: spec.process, pid, status });
      });
    } finally {
      this.#starting.delete(spec.process);
    }
  }
}
