import type { Duplex } from 'node:stream';
import type { Disposable } from '../events';
import { DapConnection } from './dap-connection';
import { dapFromAdapter, dapRequest, type DapFromAdapter, type DapRequest } from './dap-messages';

export interface ChildAdapterParts {
  /** Opens a connection to debugpy's adapter. */
  readonly connect: () => Duplex;
  /** Sends to the editor. */
  readonly send: (message: object) => void;
  /** The user stops the session, and with it the bento. */
  readonly onStop: () => void;
  /** The user disconnects the session: its worker goes on without the debugger. */
  readonly onDisconnect: () => void;
  /** The user restarts the session, and with it its component. */
  readonly onRestart: () => void;
  /** A thread has stopped at a breakpoint or after a step, or all of them run again. */
  readonly onPaused: (isPaused: boolean) => void;
}

/** Requests after which the program runs. */
const resuming: ReadonlySet<string> = new Set(['continue', 'next', 'stepIn', 'stepOut', 'goto']);

/**
 * The session of a worker, or of a process that it has started: hands messages on between the editor and debugpy's
 * adapter. Stop and Restart never reach debugpy, which would kill the worker under its supervisor.
 */
export class ChildAdapter implements Disposable {
  readonly #parts: ChildAdapterParts;
  readonly #connection: DapConnection;
  /** Requests of the editor that wait for their response, by number. */
  readonly #pending = new Map<number, DapRequest>();
  #isPaused = false;
  #isOver = false;

  constructor(parts: ChildAdapterParts) {
    this.#parts = parts;
    this.#connection = new DapConnection(parts.connect(), {
      onMessage: (message) => this.#fromAdapter(message),
      onClose: () => this.#ended(),
    });
  }

  /** Takes a message of the editor. */
  handle(message: unknown): void {
    const request = dapRequest.safeParse(message);
    if (request.success) this.#request(request.data);
    // The answer to a request of the adapter.
    else if (typeof message === 'object' && message !== null) this.#connection.send(message);
  }

  dispose(): void {
    this.#setPaused(false);
    this.#connection.dispose();
  }

  #request(request: DapRequest): void {
    const { command, arguments: args = {} } = request;
    if (command === 'restart') {
      this.#respond(request, true);
      this.#parts.onRestart();
    } else if (command === 'terminate') {
      this.#respond(request, true);
      this.#leave(true);
    } else if (command === 'disconnect') {
      this.#forward({ ...request, arguments: { ...args, terminateDebuggee: false } });
      this.#leave(args['terminateDebuggee'] === true);
    } else this.#forward(request);
  }

  #forward(request: DapRequest): void {
    if (this.#isOver) {
      this.#respond(request, request.command === 'disconnect');
      return;
    }
    this.#pending.set(request.seq, request);
    this.#connection.send(request);
  }

  /** A session that has ended by itself is not ended by its user. */
  #leave(isStopped: boolean): void {
    if (this.#isOver) return;
    if (isStopped) this.#parts.onStop();
    else this.#parts.onDisconnect();
  }

  #fromAdapter(message: unknown): void {
    const read = dapFromAdapter.safeParse(message);
    if (!read.success) return;
    const { data } = read;
    if (data.type === 'response') this.#pending.delete(data.request_seq);
    if (data.type === 'event' && data.event === 'terminated') {
      this.#ended();
      return;
    }
    this.#follow(data);
    this.#parts.send(withOwnCapabilities(data));
  }

  #follow(message: DapFromAdapter): void {
    if (message.type === 'event') {
      if (message.event === 'stopped') this.#setPaused(true);
      if (message.event === 'continued') this.#setPaused(false);
    } else if (message.type === 'response' && message.success && resuming.has(message.command)) {
      this.#setPaused(false);
    }
  }

  #setPaused(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    this.#parts.onPaused(isPaused);
  }

  /** The process has ended or is no longer debugged, for any reason. */
  #ended(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#setPaused(false);
    for (const request of this.#pending.values()) {
      this.#respond(request, request.command === 'disconnect');
    }
    this.#pending.clear();
    this.#parts.send({ type: 'event', seq: 0, event: 'terminated' });
  }

  #respond({ seq, command }: DapRequest, success: boolean): void {
    const response = { type: 'response', seq: 0, request_seq: seq, command };
    this.#parts.send(
      success
        ? { ...response, success }
        : { ...response, success, message: 'The process has ended or is no longer debugged.' },
    );
  }
}

/** Adds what this adapter handles itself: Restart, and Stop as distinct from Disconnect. */
function withOwnCapabilities(message: DapFromAdapter): DapFromAdapter {
  return message.type === 'response' && message.command === 'initialize' && message.success
    ? {
        ...message,
        body: { ...message.body, supportsRestartRequest: true, supportTerminateDebuggee: true },
      }
    : message;
}
