import { Emitter, type Disposable, type Event } from '../../../events';
import type { ExitStatus } from '../../../programs/exit-status';
import type { PreparedAttach } from '../../../debug/bento-debugger';
import { cancelled } from '../../../problem';
import type { ProcessHost, ProcessSpec } from '../helper/process-host';

/** One process of a component, as often as it has to be started. */
export interface WorkerSpec extends Omit<ProcessSpec, 'group'> {
  /** Runs no code of the service, like gRPC's metrics server: it is not debugged or profiled. Default: false. */
  readonly auxiliary?: boolean;
}

/** What a worker attaches to before it imports the service; nothing when it is not debugged. Must not reject. */
export type PrepareAttach = (process: string) => Promise<PreparedAttach | undefined>;

/** Detaches the debugger from workers that are about to end: a paused worker could not end. */
export type LetGo = (pids: readonly number[]) => void;

export interface RunningProcess {
  readonly process: string;
  readonly pid: number;
  /** Those that it runs itself, where it is an arbiter. */
  readonly workers: readonly number[];
}

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

/** The processes of a component that run the same code: those that are missing are started, all are ended together. */
export class WorkerGeneration implements Disposable {
  /** What the helper knows them by. */
  readonly group: string;
  readonly #helper: ProcessHost;
  readonly #specs: readonly WorkerSpec[];
  readonly #living = new Map<string, number>();
  /** Of the arbiters among them, by their process. */
  readonly #workers = new Map<string, readonly number[]>();
  readonly #starting = new Set<string>();
  readonly #exited = new Emitter<WorkerExit>();
  readonly #started = new Emitter<WorkerStart>();
  readonly #replaced = new Emitter<WorkersReplaced>();
  /** Fires when one of them has ended, or could not be started. */
  readonly #fewer = new Emitter<void>();
  readonly #subscription: Disposable;
  readonly #prepareAttach: PrepareAttach | undefined;
  readonly #letGo: LetGo | undefined;
  /** How often an end was requested. Workers that had not been started by then are not started. */
  #ends = 0;

  /** `prepareAttach`: called before each start; `letGo`: before each end. Default: nothing is debugged. */
  constructor(
    helper: ProcessHost,
    group: string,
    specs: readonly WorkerSpec[],
    prepareAttach?: PrepareAttach,
    letGo?: LetGo,
  ) {
    this.#helper = helper;
    this.#prepareAttach = prepareAttach;
    this.#letGo = letGo;
    this.group = group;
    this.#specs = specs;
    this.#subscription = helper.onWorkers(({ process, alive, died }) => {
      // It may arrive together with the reply to the spawn.
      if (!this.#living.has(process) && !this.#starting.has(process)) return;
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

  /** The running processes with the service's code: their names, their pids, and their own workers. */
  get processes(): readonly RunningProcess[] {
    return this.#specs.flatMap(({ process, auxiliary = false }) => {
      const pid = this.#living.get(process);
      if (pid === undefined || auxiliary) return [];
      return [{ process, pid, workers: this.#workers.get(process) ?? [] }];
    });
  }

  /** Where those that live write what they import. */
  get imports(): readonly (string | undefined)[] {
    return this.#specs
      .filter(({ process }) => this.#living.has(process))
      .map(({ imports }) => imports);
  }

  get workersAlive(): number {
    const arbiters = this.#specs.some(({ arbiter }) => arbiter === true);
    return arbiters ? this.#workerPids.length : this.#living.size;
  }

  /** The processes that are ours to start. */
  get alive(): number {
    return this.#living.size + this.#starting.size;
  }

  /** The processes that are ours to start, and neither run nor start. */
  get missing(): number {
    return this.#missing.length;
  }

  /**
   * Starts the workers that are missing; resolves when all of them run.
   * @param started called for each of them.
   * @throws what the host says of the first that cannot be started, after all were tried.
   */
  async start(started: () => void = () => undefined): Promise<void> {
    const tries = await Promise.allSettled(
      this.#missing.map((spec) => this.#startOne(spec).then(started)),
    );
    for (const one of tries) if (one.status === 'rejected') throw one.reason as Error;
  }

  /** Whether all of them wait for connections; see `ProcessHost.accepting`. */
  accepting(port: number | undefined): Promise<boolean | undefined> {
    return this.#helper.accepting(this.group, port);
  }

  terminate(): Promise<void> {
    this.#beginEnd();
    return this.#helper.terminate(this.group);
  }

  /** Has them end once their clients have what they wait for: others serve already. */
  retire(): Promise<void> {
    this.#beginEnd();
    return this.#helper.retire(this.group);
  }

  /** Ends whatever is left, also what escaped from the workers; gives the number of processes that were. */
  kill(): Promise<number> {
    return this.#helper.kill(this.group);
  }

  /** Resolves when none of them is left. */
  async ended(): Promise<void> {
    if (this.alive === 0) return;
    await new Promise<void>((resolve) => {
      const fewer = this.#fewer.event(() => {
        if (this.alive > 0) return;
        fewer.dispose();
        resolve();
      });
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #beginEnd(): void {
    this.#ends += 1;
    this.#letGo?.(this.pids);
  }

  get #missing(): readonly WorkerSpec[] {
    return this.#specs.filter(
      ({ process }) => !this.#living.has(process) && !this.#starting.has(process),
    );
  }

  get #workerPids(): readonly number[] {
    return [...this.#workers.values()].flat();
  }

  async #startOne(spec: WorkerSpec): Promise<void> {
    const { auxiliary = false, ...process } = spec;
    this.#starting.add(spec.process);
    const ends = this.#ends;
    const prepare = auxiliary ? undefined : this.#prepareAttach;
    const attach = prepare === undefined ? undefined : await prepare(spec.process);
    try {
      if (this.#ends !== ends) throw cancelled();
      const debug = attach === undefined ? {} : { debug: attach.spec };
      const own = { ...process, ...debug, group: this.group };
      const { pid, exited, notForked } = await this.#helper.spawn(own);
      attach?.started(pid, exited);
      this.#living.set(spec.process, pid);
      this.#starting.delete(spec.process);
      this.#started.fire({ spec, pid, notForked });
      void exited.then((status) => {
        this.#living.delete(spec.process);
        this.#workers.delete(spec.process);
        this.#exited.fire({ process: spec.process, pid, status });
        this.#fewer.fire();
      });
    } catch (error) {
      attach?.abandon();
      this.#starting.delete(spec.process);
      this.#workers.delete(spec.process);
      this.#fewer.fire();
      throw error;
    }
  }
}
