import path from 'node:path';
import type { Clock } from '../clock';
import { Emitter, type Event } from '../events';
import type { Log } from '../log';
import type { Problem } from '../model';
import { problemOf, ServeError } from '../problem';
import type { HelperDebugger } from '../target/local/helper/helper-messages';
import { HelperRefusal } from '../target/local/helper/helper-connection';
import type { AttachSpec, ProcessHost } from '../target/local/helper/process-host';
import { PausedSessions } from './paused-sessions';
import { attachProblem, debuggerProblem } from './attach-problem';
import { DebugAdapter } from './debug-adapter';
import {
  debuggedWorker,
  sessionName,
  type DebuggedWorker,
  type WorkerIdentity,
} from './debugged-worker';

export interface DebugOptions {
  /** The folder that the package debugpy is in. */
  readonly debugpy: string;
  /** Debug the processes that workers start, too. */
  readonly subProcess: boolean;
}

export interface BentoDebuggerParts {
  readonly host: ProcessHost;
  readonly python: string;
  readonly scripts: string;
  /** The private folder for sockets. */
  readonly sockets: string;
  readonly env: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly log: Log;
}

/** `paused`: a breakpoint has stopped one of its workers. */
export type DebugState = 'attached' | 'paused';

/** The debug adapter that a worker attaches to when it starts. */
export interface PreparedAttach {
  readonly spec: AttachSpec;
  /** To be called when it has been started. `exited` settles when it has ended. */
  started(pid: number, exited: Promise<unknown>): void;
  /** To be called when it could not be. */
  abandon(): void;
}

/** Seconds in which the editor sends its breakpoints to a worker that starts; then it goes on without them. */
const editorLimit = 60;
/** Milliseconds in which a worker has to attach: it imports debugpy, which takes 3 s on a busy machine. */
const attachLimitMs = 60_000;

/** Debugs workers of one served bento: those that run, and those that are started while their component is debugged. */
export class BentoDebugger {
  readonly #parts: BentoDebuggerParts;
  readonly #components = new Map<string, DebugOptions>();
  /** Adapters, with the component of the worker. */
  readonly #adapters = new Map<DebugAdapter, string>();
  readonly #workers = new Map<number, DebuggedWorker>();
  /** Workers that are attaching now: a second request waits for the first. */
  readonly #attaching = new Map<number, Promise<DebuggedWorker>>();
  readonly #attached = new Emitter<DebuggedWorker>();
  readonly #failed = new Emitter<Problem>();
  readonly #changed = new Emitter<void>();
  readonly #paused = new PausedSessions();
  #count = 0;

  constructor(parts: BentoDebuggerParts) {
    this.#parts = parts;
  }

  readonly onDidAttach: Event<DebuggedWorker> = this.#attached.event;
  /** Fires when a worker could not attach: it serves without the debugger. */
  readonly onDidFail: Event<Problem> = this.#failed.event;

  /** Fires when the result of `stateOf` changes for a component. */
  readonly onDidChange: Event<void> = this.#changed.event;

  /** The workers that are attached now. */
  get workers(): readonly DebuggedWorker[] {
    return [...this.#workers.values()];
  }

  /** Whether the component, or any, is debugged: its workers attach, including those that start later. */
  isDebugging(component?: string): boolean {
    return component === undefined ? this.#components.size > 0 : this.#components.has(component);
  }

  /** Whether any worker is stopped at a breakpoint. */
  get isPaused(): boolean {
    return this.workers.some(({ socket }) => this.#paused.isPaused(socket));
  }

  /** The debug state of a component; undefined when none of its workers is attached. */
  stateOf(component: string): DebugState | undefined {
    const workers = this.workers.filter((worker) => worker.component === component);
    if (workers.length === 0) return undefined;
    return workers.some(({ socket }) => this.#paused.isPaused(socket)) ? 'paused' : 'attached';
  }

  /** Records whether a session of the editor is paused. A session that ends is no longer paused. */
  setPaused(socket: string, session: string, isPaused: boolean): void {
    const isKnown = this.workers.some((worker) => worker.socket === socket);
    if (isKnown && this.#paused.set(socket, session, isPaused)) this.#changed.fire();
  }

  /** Resolves when no worker is paused, or the signal is aborted. */
  async untilContinued(signal: AbortSignal): Promise<void> {
    if (!this.isPaused || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const abort = (): void => resolve(undefined);
    const changes = this.onDidChange(() => {
      if (!this.isPaused) resolve(undefined);
    });
    signal.addEventListener('abort', abort, { once: true });
    await promise;
    changes.dispose();
    signal.removeEventListener('abort', abort);
  }

  /** From now on, workers of the component attach before they import the service. */
  enable(component: string, options: DebugOptions): void {
    this.#components.set(component, options);
  }

  /** For a worker that is about to be started; nothing when its component is not debugged. */
  async prepare(identity: WorkerIdentity): Promise<PreparedAttach | undefined> {
    const options = this.#components.get(identity.component);
    if (options === undefined) return undefined;
    let adapter: DebugAdapter;
    try {
      adapter = await this.#startAdapter(identity.component, options);
    } catch (error) {
      // It is not the worker's fault.
      this.#fail(problemOf(error));
      return undefined;
    }
    if (!this.isDebugging(identity.component)) {
      // It was detached meanwhile: the worker would wait for an editor that does not come.
      void adapter.end();
      return undefined;
    }
    const spec = adapter.spec({ subProcess: options.subProcess, wait: editorLimit });
    return {
      spec,
      started: (pid, exited) => {
        const attached = this.#settled(identity, pid, adapter, this.#report(pid, exited));
        // Why it could not attach has been reported.
        void this.#once(pid, attached).catch(() => undefined);
      },
      abandon: () => void adapter.end(),
    };
  }

  /**
   * Attaches a worker that runs; its process and what it has loaded stay. Those that come after it attach, too.
   * @throws ServeError `debugger` why it cannot be; it serves on.
   */
  async attach(
    identity: WorkerIdentity,
    pid: number,
    options: DebugOptions,
  ): Promise<DebuggedWorker> {
    const known = this.#workers.get(pid) ?? this.#attaching.get(pid);
    if (known !== undefined) return known;
    return this.#once(pid, this.#attach(identity, pid, options));
  }

  /** Whoever asks for the same worker meanwhile waits for it. */
  async #once(pid: number, attached: Promise<DebuggedWorker>): Promise<DebuggedWorker> {
    this.#attaching.set(pid, attached);
    try {
      return await attached;
    } finally {
      this.#attaching.delete(pid);
    }
  }

  async #attach(
    identity: WorkerIdentity,
    pid: number,
    options: DebugOptions,
  ): Promise<DebuggedWorker> {
    const adapter = await this.#startAdapter(identity.component, options);
    const report = this.#report(pid);
    try {
      await this.#parts.host.attachDebugger(
        pid,
        adapter.spec({ subProcess: options.subProcess, wait: 0 }),
      );
    } catch (error) {
      await adapter.end();
      if (!(error instanceof HelperRefusal) || error.code === 'EPIPE') throw error;
      const subject = { component: identity.component, name: identity.componentName };
      throw new ServeError(
        { ...debuggerProblem(subject, 'notDebuggable'), detail: error.message },
        { cause: error },
      );
    }
    this.enable(identity.component, options);
    return this.#settled(identity, pid, adapter, report);
  }

  async #settled(
    identity: WorkerIdentity,
    pid: number,
    adapter: DebugAdapter,
    report: Promise<Report>,
  ): Promise<DebuggedWorker> {
    const worker = this.#settle(identity, pid, adapter, await report);
    if (worker instanceof ServeError) throw worker;
    return worker;
  }

  /**
   * Ends the debugging of a component, or of all: their workers go on, also those that are paused, and the next ones do
   * not attach.
   */
  async detach(component?: string): Promise<void> {
    if (component === undefined) this.#components.clear();
    else this.#components.delete(component);
    await this.letGo(component);
  }

  /** Ends the adapters of its workers, or of all: paused workers continue, and can end. New workers attach again. */
  async letGo(component?: string): Promise<void> {
    const adapters = [...this.#adapters].filter(
      ([, owner]) => component === undefined || owner === component,
    );
    await Promise.all(adapters.map(([adapter]) => adapter.end()));
  }

  #settle(
    identity: WorkerIdentity,
    pid: number,
    adapter: DebugAdapter,
    report: Report,
  ): DebuggedWorker | ServeError {
    const subject = { component: identity.component, name: sessionName(identity) };
    if (report !== null) {
      void adapter.end();
      const problem =
        typeof report === 'string'
          ? debuggerProblem(subject, silence[report])
          : attachProblem(subject, report);
      this.#fail(problem);
      return new ServeError(problem);
    }
    const worker = debuggedWorker(identity, pid, adapter);
    this.#workers.set(pid, worker);
    void worker.ended.then(() => {
      this.#workers.delete(pid);
      this.#paused.forget(worker.socket);
      this.#changed.fire();
    });
    this.#attached.fire(worker);
    this.#changed.fire();
    return worker;
  }

  #fail(problem: Problem): void {
    const { message, detail } = problem;
    this.#parts.log.warn(detail === undefined ? message : `${message} ${detail}`);
    this.#failed.fire(problem);
  }

  /** Waits for the outcome of an attempt to attach. */
  async #report(pid: number, exited?: Promise<unknown>): Promise<Report> {
    const { host, clock } = this.#parts;
    const { promise, resolve } = Promise.withResolvers<Report>();
    const reports = host.onDebugger((report) => {
      if (report.pid === pid) resolve(report.failure);
    });
    const limit = clock.after(attachLimitMs, () => resolve('late'));
    void Promise.race([host.ended, ...(exited === undefined ? [] : [exited])]).then(() =>
      resolve('ended'),
    );
    try {
      return await promise;
    } finally {
      reports.dispose();
      limit.dispose();
    }
  }

  async #startAdapter(component: string, { debugpy }: DebugOptions): Promise<DebugAdapter> {
    const { host, python, scripts, env, sockets } = this.#parts;
    const number = ++this.#count;
    const socket = path.join(sockets, `d${number}`);
    const name = `debugger#${number}`;
    const parts = { host, python, scripts, debugpy, env, name, socket };
    const adapter = await DebugAdapter.start(parts);
    this.#adapters.set(adapter, component);
    void adapter.ended.then(() => this.#adapters.delete(adapter));
    return adapter;
  }
}

/** The outcome of an attempt to attach: null when the worker has attached. */
type Report = HelperDebugger['failure'] | keyof typeof silence;

const silence = { late: 'debuggerLate', ended: 'endedBeforeDebugger' } as const;
