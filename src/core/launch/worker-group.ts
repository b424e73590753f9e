import { Emitter, type Event } from '../events';
import type { ExitStatus } from './exit-status';
import type { Helper, ProcessSpec } from './helper';

/** One process of a component, as often as it has to be started. */
export type WorkerSpec = Omit<ProcessSpec, 'group'>;

export interface WorkerExit {
  readonly process: string;
  readonly pid: number;
  readonly status: ExitStatus;
}

/** All processes of one component: those that are missing are started, all are ended together. */
export class WorkerGroup {
  readonly #helper: Helper;
  readonly #group: string;
  readonly #specs: readonly WorkerSpec[];
  readonly #living = new Map<string, number>();
  readonly #exited = new Emitter<WorkerExit>();
  readonly #started = new Emitter<{ spec: WorkerSpec; pid: number }>();
  #restarts = 0;
  readonly #starting = new Set<string>();

  constructor(helper: Helper, group: string, specs: readonly WorkerSpec[]) {
    this.#helper = helper;
    this.#group = group;
    this.#specs = specs;
  }

  readonly onExit: Event<WorkerExit> = this.#exited.event;
  readonly onStart: Event<{ spec: WorkerSpec; pid: number }> = this.#started.event;

  get pids(): readonly number[] {
    return [...this.#living.values()];
  }

  get wanted(): number {
    return this.#specs.length;
  }

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

  async #startOne(spec: WorkerSpec): Promise<void> {
    this.#starting.add(spec.process);
    try {
      const { pid, exited } = await this.#helper.spawn({ ...spec, group: this.#group });
      this.#living.set(spec.process, pid);
      this.#started.fire({ spec, pid });
      void exited.then((status) => {
        this.#living.delete(spec.process);
        this.#exited.fire({ process: spec.process, pid, status });
      });
    } finally {
      this.#starting.delete(spec.process);
    }
  }
}
