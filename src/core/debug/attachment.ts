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
  /** Debug the processes that the worker starts, too. */
  readonly subProcess: boolean;
}

/** Milliseconds in which a worker has to attach: it imports debugpy, which takes 3 s on a busy machine. */
const attachLimitMs = 60_000;

/** A worker and its debug adapter, from before the adapter is started to its end. */
export class Attachment {
  readonly identity: WorkerIdentity;
  /** Settles once: by the worker's report, its end, a limit, or `end`. Never rejects. */
  readonly outcome: Promise<AttachOutcome>;
  /** Settles when no process of the adapter is left, and none is being started. Never rejects. */
  readonly ended: Promise<void>;
  readonly #parts: AttachmentParts;
  readonly #outcome = Promise.withResolvers<AttachOutcome>();
  readonly #ended = Promise.withResolvers<undefined>();
  readonly #reports: Disposable;
  #limit: Disposable | undefined;
  #pid: number | undefined;
  #adapter: DebugAdapter | undefined;
  /** The helper has the request for the worker, or is about to get it. */
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
    // From now on: the report of a worker that starts may come together with the news that it was started.
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

  /** The adapter has ended or is about to: the worker goes on without it. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Starts the adapter for a worker that is to be started. Gives what the worker attaches to; nothing when `outcome` is
   * the reason why there is nothing. Never rejects.
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

  /** To be called when the worker has been started with what `start` gave. `exited` settles when it has ended. */
  workerStarted(pid: number, exited: Promise<unknown>): void {
    this.#pid = pid;
    // Its report may have come before.
    this.#isAsked = !this.#isConcluded || this.#isOver;
    void exited.then(() => this.#conclude(this.#problem('endedBeforeDebugger')));
    if (this.#isOver) this.#withdraw();
    else this.#startLimit();
  }

  /**
   * Has a worker attach that runs. Never rejects; see `outcome`.
   * @param before what has to settle first
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

  /** Ends the adapter: the worker goes on without it, or does not attach. Resolves as `ended` does. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#conclude('cancelled');
    this.#withdraw();
    await this.#adapter?.end();
    await this.ended;
  }

  /** A worker that has not asked yet would attach to whatever has the port by then. */
  #withdraw(): void {
    if (!this.#isAsked) return;
    this.#isAsked = false;
    const { host, adapter } = this.#parts;
    // A host that is gone has withdrawn it.
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
    // The host has ended, and with it the worker.
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
