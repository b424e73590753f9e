import { pause } from '../pause';
import type { Clock } from '../clock';
import type { Disposable, Event } from '../events';
import { problemTexts, say } from '../messages/message';
import { problemOf, ServeError } from '../problem';
import type { Problem } from '../model';
import { childSession, type ChildOptions } from './child-session';
import { dapRequest, type DapReply, type DapRequest } from './dap-messages';
import type { PathMapping } from './built-sources';
import type { DebuggedWorker } from './debugged-worker';

/** The bento that a session debugs. */
export interface DebugTarget {
  /**
   * Serves it, or attaches to it. Gives what people should know once that is done.
   * @throws ServeError why it cannot be, which is reported.
   */
  begin(cancel: AbortSignal): Promise<string | undefined>;
  /** Those that are attached already. */
  readonly workers: readonly DebuggedWorker[];
  /** Known once it has begun to serve or attach. */
  readonly pathMappings: readonly PathMapping[];
  readonly onDidAttach: Event<DebuggedWorker>;
  readonly onDidFail: Event<Problem>;
  /** Fires when the bento is no longer served, for any reason. */
  readonly onDidEnd: Event<void>;
  /** Detaches the debugger from all workers, which continue. */
  detach(): Promise<void>;
  /** Ends it. Resolves when no process is left. */
  stop(): Promise<void>;
}

export interface ParentAdapterParts {
  readonly target: DebugTarget;
  readonly options: ChildOptions;
  readonly clock: Clock;
  /** Sends to the editor. */
  readonly send: (message: DapReply & { readonly seq: number }) => void;
}

/** Milliseconds that the editor waits for a stop, which goes on after them. */
const stopLimitMs = 15_000;

/** The exception filters of debugpy. The editor asks the first session for them, which is this one. */
const exceptionBreakpointFilters = [
  {
    filter: 'raised',
    label: 'Raised Exceptions',
    default: false,
    supportsCondition: true,
    description: 'Break whenever any exception is raised.',
  },
  {
    filter: 'uncaught',
    label: 'Uncaught Exceptions',
    default: true,
    supportsCondition: false,
    description: 'Break when the process is exiting due to unhandled exception.',
  },
  {
    filter: 'userUnhandled',
    label: 'User Uncaught Exceptions',
    default: false,
    supportsCondition: true,
    description: 'Break when exception escapes into library code.',
  },
];

/**
 * The session of a whole bento. It has no threads and no breakpoints of its own: it starts one session for each worker,
 * which the editor connects to debugpy itself, and ends when the bento does.
 */
export class ParentAdapter implements Disposable {
  readonly #parts: ParentAdapterParts;
  readonly #cancel = new AbortController();
  readonly #subscriptions: readonly Disposable[];
  readonly #workers = new WeakSet<DebuggedWorker>();
  #seq = 0;
  #isOver = false;

  constructor(parts: ParentAdapterParts) {
    this.#parts = parts;
    const { target } = parts;
    this.#subscriptions = [
      target.onDidAttach((worker) => this.#startSession(worker)),
      target.onDidFail(({ message }) => this.#print(message)),
      target.onDidEnd(() => this.#terminated()),
    ];
  }

  /** Handles a message of the editor. Anything that is not a request is ignored. */
  handle(message: unknown): void {
    const request = dapRequest.safeParse(message);
    if (request.success) void this.#answer(request.data);
  }

  dispose(): void {
    this.#cancel.abort();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #answer(request: DapRequest): Promise<void> {
    try {
      const body = await this.#carryOut(request);
      this.#respond(request, { success: true, ...(body === undefined ? {} : { body }) });
    } catch (error) {
      const { message } = problemOf(error);
      // The editor would show it a second time, without the next step.
      const body = { error: { id: 1, format: message, showUser: false } };
      this.#respond(request, { success: false, message, body });
    }
    if (request.command === 'initialize') this.#send({ type: 'event', event: 'initialized' });
  }

  async #carryOut({ command, arguments: args = {} }: DapRequest): Promise<object | undefined> {
    const { target } = this.#parts;
    switch (command) {
      case 'initialize':
        return {
          supportsConfigurationDoneRequest: true,
          supportsTerminateRequest: true,
          supportTerminateDebuggee: true,
          supportsConditionalBreakpoints: true,
          supportsHitConditionalBreakpoints: true,
          supportsLogPoints: true,
          supportsExceptionFilterOptions: true,
          exceptionBreakpointFilters,
        };
      case 'launch':
      case 'attach': {
        const note = await target.begin(this.#cancel.signal);
        if (note !== undefined) this.#print(note);
        // Those that another session has left.
        for (const worker of target.workers) this.#startSession(worker);
        return undefined;
      }
      case 'evaluate':
        throw new ServeError({ code: 'debugger', ...problemTexts(say('evaluateInWorker')) });
      case 'threads':
        return { threads: [] };
      case 'setBreakpoints': {
        const asked = Array.isArray(args['breakpoints']) ? args['breakpoints'] : [];
        // The sessions of the workers verify them.
        return { breakpoints: asked.map(() => ({ verified: false })) };
      }
      case 'terminate':
        await this.#end(() => target.stop());
        return undefined;
      case 'disconnect':
        await this.#end(() =>
          args['terminateDebuggee'] === true ? target.stop() : target.detach(),
        );
        return undefined;
      default:
        return undefined;
    }
  }

  /** Limits how long the editor waits for a bento that does not end. */
  async #end(work: () => Promise<void>): Promise<void> {
    this.#cancel.abort();
    const over = new AbortController();
    try {
      await Promise.race([work(), pause(this.#parts.clock, stopLimitMs, over.signal)]);
    } finally {
      over.abort();
      this.#terminated();
    }
  }

  #startSession(worker: DebuggedWorker): void {
    if (this.#workers.has(worker)) return;
    this.#workers.add(worker);
    const configuration = childSession(worker, {
      ...this.#parts.options,
      pathMappings: this.#parts.target.pathMappings,
    });
    const args = { request: 'attach', configuration };
    this.#send({ type: 'request', command: 'startDebugging', arguments: args });
  }

  #print(text: string): void {
    const body = { category: 'important', output: `${text}\n` };
    this.#send({ type: 'event', event: 'output', body });
  }

  #terminated(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#send({ type: 'event', event: 'terminated' });
  }

  #respond(
    { seq, command }: DapRequest,
    result: { readonly success: boolean; readonly message?: string; readonly body?: object },
  ): void {
    this.#send({ type: 'response', request_seq: seq, command, ...result });
  }

  #send(message: DapReply): void {
    this.#parts.send({ ...message, seq: ++this.#seq });
  }
}
