import path from 'node:path';
import type { Clock } from '../clock';
import { Emitter, type Event } from '../events';
import type { Log } from '../log';
import type { Problem } from '../model';
import { cancelled, ServeError } from '../problem';
import type { AttachSpec, ProcessHost } from '../target/local/helper/process-host';
import { Attachment } from './attachment';
import { debuggedWorker, type DebuggedWorker, type WorkerIdentity } from './debugged-worker';
import { PausedSessions } from './paused-sessions';

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

/** How a component is debugged. */
interface DebuggedComponent {
  options: DebugOptions;
  /** Whether the debugging began with an attach that has not succeeded yet. */
  isAttempt: boolean;
}

/** Debugs workers of one served bento: those that run, and those that are started while their component is debugged. */
export class BentoDebugger {
  readonly #parts: BentoDebuggerParts;
  readonly #components = new Map<string, DebuggedComponent>();
  /** Attachments whose adapter has not ended, with promises of the attached workers. */
  readonly #attachments = new Map<Attachment, Promise<DebuggedWorker>>();
  readonly #workers = new Map<Attachment, DebuggedWorker>();
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

  /** The options of the debugged components; undefined if none is debugged. */
  get options(): DebugOptions | undefined {
    return [...this.#components.values()][0]?.options;
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
    await this.#untilPaused(false, signal);
  }

  /** Resolves when a worker is paused, or the signal is aborted. */
  async untilPaused(signal: AbortSignal): Promise<void> {
    await this.#untilPaused(true, signal);
  }

  /** From now on, workers of the component attach before they import the service. */
  enable(component: string, options: DebugOptions): void {
    this.#components.set(component, { options, isAttempt: false });
  }

  /** Only these components exist now. */
  forgetAllBut(components: readonly string[]): void {
    for (const id of this.#components.keys()) {
      if (!components.includes(id)) this.#components.delete(id);
    }
  }

  /** For a worker that is about to be started; nothing when its component is not debugged. */
  async prepare(identity: WorkerIdentity): Promise<PreparedAttach | undefined> {
    const options = this.#components.get(identity.component)?.options;
    if (options === undefined) return undefined;
    const { attachment } = this.#open(identity, options);
    // Without an adapter the worker still serves.
    const spec = await attachment.start(editorLimit);
    return (
      spec && {
        spec,
        started: (pid, exited) => attachment.workerStarted(pid, exited),
        abandon: () => void attachment.end(),
      }
    );
  }

  /**
   * Attaches a worker that runs; its process and what it has loaded stay. Those that come after it attach, too.
   * @throws ServeError `debugger` if it cannot attach, `cancelled` if it was detached meanwhile. It keeps serving.
   */
  async attach(
    identity: WorkerIdentity,
    pid: number,
    options: DebugOptions,
  ): Promise<DebuggedWorker> {
    const own = [...this.#attachments].filter(([one]) => one.pid === pid);
    const known = own.find(([{ isOver }]) => !isOver);
    if (known !== undefined) return known[1];
    const { component } = identity;
    const before = this.#components.get(component);
    if (before === undefined) this.#components.set(component, { options, isAttempt: true });
    else before.options = options;
    const { attachment, attached } = this.#open(identity, options);
    // A process cannot have two debuggers.
    void attachment.attach(pid, Promise.all(own.map(([one]) => one.ended)));
    return attached;
  }

  /**
   * Ends the debugging of a component, or of all: their workers go on, also those that are paused, and the next ones do
   * not attach. Resolves when all their adapters have ended. Never rejects.
   */
  async detach(component?: string): Promise<void> {
    if (component === undefined) this.#components.clear();
    else this.#components.delete(component);
    await this.#end(({ identity }) => component === undefined || identity.component === component);
  }

  /**
   * Ends the adapters of workers that are about to end: a paused worker continues, so that it can end. The workers that
   * replace them attach again.
   */
  async letGo(pids: readonly number[]): Promise<void> {
    await this.#end(({ pid }) => pid !== undefined && pids.includes(pid));
  }

  async #end(isMeant: (attachment: Attachment) => boolean): Promise<void> {
    const meant = [...this.#attachments.keys()].filter(isMeant);
    const ended = Promise.all(meant.map((one) => one.end()));
    for (const one of meant) this.#leave(one);
    await ended;
  }

  #open(
    identity: WorkerIdentity,
    { debugpy, subProcess }: DebugOptions,
  ): { readonly attachment: Attachment; readonly attached: Promise<DebuggedWorker> } {
    const { host, python, scripts, env, sockets, clock } = this.#parts;
    const number = ++this.#count;
    const names = { name: `debugger#${number}`, socket: path.join(sockets, `d${number}`) };
    const adapter = { host, python, scripts, debugpy, env, ...names };
    const attachment = new Attachment({ host, clock, subProcess, adapter }, identity);
    const attached = this.#settled(attachment);
    // It is reported by `onDidFail` too, so it is possibly not awaited.
    attached.catch(() => undefined);
    this.#attachments.set(attachment, attached);
    void attachment.ended.then(() => {
      this.#attachments.delete(attachment);
      this.#leave(attachment);
    });
    return { attachment, attached };
  }

  async #settled(attachment: Attachment): Promise<DebuggedWorker> {
    const outcome = await attachment.outcome;
    const { pid, identity, isOver } = attachment;
    if (outcome === null && pid !== undefined && !isOver) {
      const own = this.#components.get(identity.component);
      if (own !== undefined) own.isAttempt = false;
      const worker = debuggedWorker(identity, pid, attachment);
      this.#workers.set(attachment, worker);
      this.#attached.fire(worker);
      this.#changed.fire();
      return worker;
    }
    void attachment.end();
    this.#forgetAttempt(identity.component);
    if (outcome === null || outcome === 'cancelled') throw cancelled();
    this.#fail(outcome);
    throw new ServeError(outcome);
  }

  /** After a failed attach, later workers do not attach either, unless another worker of the component is attached. */
  #forgetAttempt(component: string): void {
    if (this.#components.get(component)?.isAttempt !== true) return;
    const others = [...this.#attachments.keys()].some(
      ({ identity, isOver }) => !isOver && identity.component === component,
    );
    if (!others) this.#components.delete(component);
  }

  /** The worker is no longer debugged. */
  #leave(attachment: Attachment): void {
    const worker = this.#workers.get(attachment);
    if (worker === undefined) return;
    this.#workers.delete(attachment);
    this.#paused.forget(worker.socket);
    this.#changed.fire();
  }

  #fail(problem: Problem): void {
    const { message, detail } = problem;
    this.#parts.log.warn(detail === undefined ? message : `${message} ${detail}`);
    this.#failed.fire(problem);
  }

  async #untilPaused(wanted: boolean, signal: AbortSignal): Promise<void> {
    if (this.isPaused === wanted || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const abort = (): void => resolve(undefined);
    const changes = this.onDidChange(() => {
      if (this.isPaused === wanted) resolve(undefined);
    });
    signal.addEventListener('abort', abort, { once: true });
    await promise;
    changes.dispose();
    signal.removeEventListener('abort', abort);
  }
}
