import type { Clock } from '../clock';
import type { Disposable } from '../events';
import type { Problem } from '../model';
import { problemOf } from '../problem';
import { describeExit } from '../programs/exit-status';
import { HelperRefusal } from '../target/local/helper/helper-connection';
import type { AttachSpec, ProcessHost } from '../target/local/helper/process-host';
import { attachProblem, debuggerProblem, type DebuggerProblem } from './attach-problem';
import { DebugAdapter, type DebugAdapterParts } from './debug-adapter';
import { sessionName, type WorkerIdentity } from './debugged-worker';

/** The result of an attempt to attach: null when the worker has attached. */
export type AttachOutcome = Problem | 'cancelled' | null;

export interface AttachmentParts {
  readonly host: ProcessHost;
  readonly clock: Clock;
  readonly adapter: DebugAdapterParts;
  /** Whether processes that the worker starts are debugged too. */
  readonly subProcess: boolean;
}

/** Milliseconds that a worker has to attach: it imports debugpy, which takes 3 s on a busy machine. */
const attachLimitMs = 60_000;

/** Connects a worker to its debug adapter, from before the adapter is started until it has ended. */
export class Attachment {
  readonly identity: WorkerIdentity;
  /** Resolves when the worker reports, ends or exceeds the time limit, or when `end` is called. Never rejects. */
  readonly outcome: Promise<AttachOutcome>;
  /** Resolves when no process of the adapter is running or being started. Never rejects. */
  readonly ended: Promise<void>;
  readonly #parts: AttachmentParts;
  readonly #outcome = Promise.withResolvers<AttachOutcome>();
  readonly #ended = Promise.withResolvers<undefined>();
  readonly #reports: Disposable;
  #limit: Disposable | undefined;
  #pid: number | undefined;
  #adapter: DebugAdapter | undefined;
  /** Whether the request for the worker has been sent to the helper. */
  #isAsked = false;
  #isConcluded = false;
  #isOver = false;

  /** Either `start` or `attach` must be called next. */
  constructor(parts: AttachmentParts, identity: WorkerIdentity) {
    this.#parts = parts;
    this.identity = identity;
    this.outcome = this.#outcome.promise;
    this.ended = this.#ended.promise;
    const { host, adapter } = parts;
    // Subscribe now: a new worker's report may arrive together with the event that it was started.
    this.#reports = host.onDebugger((report) => {
      if (report.adapter !== adapter.name) return;
      this.#isAsked = false;
      this.#pid = report.pid;
      const { failure } = report;
      this.#conclude(failure === null ? null : attachProblem(this.#subject, failure));
    });
    void host.ended.then(() => this.#conclude(this.#problem('endedBeforeDebugger')));
  }

  /** The process of the worker; undefined until it has been started. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** The Unix socket of the adapter. */
  get socket(): string {
    return this.#parts.adapter.socket;
  }

  /** Whether the adapter has ended or is ending. The worker continues without it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Starts the adapter for a worker that will be started. Returns what the worker attaches to, or undefined if that
   * failed: `outcome` is the reason. Never rejects.
   * @param wait seconds that the worker waits for the editor
   */
  async start(wait: number): Promise<AttachSpec | undefined> {
    const { adapter: parts, subProcess } = this.#parts;
    if (this.#isOver) {
      this.#finish();
      return undefined;
    }
    try {
      this.#adapter = await DebugAdapter.start(parts);
    } catch (error) {
      const { component } = this.identity;
      this.#conclude({ ...problemOf(error, 'debugger'), component });
      this.#finish();
      return undefined;
    }
    void this.#adapter.ended.then((status) => {
      const detail = `Its debug adapter ${describeExit(status)}.`;
      this.#conclude({ ...this.#problem('debuggerNotAttached'), detail });
      this.#finish();
    });
    if (!this.isOver) return this.#adapter.spec({ subProcess, wait });
    await this.#adapter.end();
    return undefined;
  }

  /** Call this when the worker has been started with the result of `start`. `exited` settles when it has ended. */
  workerStarted(pid: number, exited: Promise<unknown>): void {
    this.#pid = pid;
    // The worker may have reported already.
    this.#isAsked = !this.#isConcluded || this.#isOver;
    void exited.then(() => this.#conclude(this.#problem('endedBeforeDebugger')));
    if (this.#isOver) this.#withdraw();
    else this.#startLimit();
  }

  /**
   * Makes a running worker attach. Never rejects; see `outcome`.
   * @param before is awaited first
   */
  async attach(pid: number, before: Promise<unknown>): Promise<void> {
    this.#pid = pid;
    this.#startLimit();
    await before;
    const spec = await this.start(0);
    if (spec === undefined || this.#isConcluded) return;
    this.#isAsked = true;
    try {
      await this.#parts.host.attachDebugger(pid, spec);
    } catch (error) {
      this.#isAsked = false;
      this.#conclude(this.#refusal(error));
    }
  }

  /** Ends the adapter. The worker continues without it, or does not attach. Resolves together with `ended`. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#conclude('cancelled');
    this.#withdraw();
    await this.#adapter?.end();
    await this.ended;
  }

  /** Withdraws the request. A worker that fetched it later would attach to whatever uses the port by then. */
  #withdraw(): void {
    if (!this.#isAsked) return;
    this.#isAsked = false;
    const { host, adapter } = this.#parts;
    // If the host has ended, so has the request.
    host.withdrawAttach(adapter.name).catch(() => undefined);
  }

  #startLimit(): void {
    if (this.#isConcluded) return;
    this.#limit = this.#parts.clock.after(attachLimitMs, () =>
      this.#conclude(this.#problem(this.#isAsked ? 'debuggerLate' : 'helperSilent')),
    );
  }

  #finish(): void {
    this.#isOver = true;
    this.#ended.resolve(undefined);
  }

  #conclude(outcome: AttachOutcome): void {
    if (this.#isConcluded) return;
    this.#isConcluded = true;
    this.#reports.dispose();
    this.#limit?.dispose();
    this.#outcome.resolve(outcome);
  }

  #refusal(error: unknown): Problem {
    // The host has ended, and the worker with it.
    if (!(error instanceof HelperRefusal) || error.code === 'EPIPE') {
      return this.#problem('endedBeforeDebugger');
    }
    return { ...this.#problem('notDebuggable'), detail: error.message };
  }

  get #subject(): { readonly component: string; readonly name: string } {
    return { component: this.identity.component, name: sessionName(this.identity) };
  }

  #problem(key: DebuggerProblem): Problem {
    return debuggerProblem(this.#subject, key);
  }
}
