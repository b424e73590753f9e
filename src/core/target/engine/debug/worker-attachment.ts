import type { Duplex } from 'node:stream';
import type { Clock } from '../../../clock';
import {
  sessionName,
  type DebuggedWorker,
  type WorkerIdentity,
} from '../../../debug/debugged-worker';
import { openSession, readReport, type WorkerReport } from '../../../debug/worker-gate';
import type { Disposable } from '../../../events';
import { pause } from '../../../pause';

export interface WorkerAttachmentParts {
  readonly clock: Clock;
  readonly identity: WorkerIdentity;
  /** Identifies the debug adapter among those of the bento. */
  readonly socket: string;
  readonly token: string;
  /** Opens a connection to the port of the debug adapter. */
  readonly connect: () => Duplex;
  readonly onAttached: (worker: DebuggedWorker) => void;
  /** The worker is no longer debugged. */
  readonly onEnded: (worker: DebuggedWorker) => void;
  readonly onFailed: (failure: NonNullable<WorkerReport['failure']>) => void;
}

/** The time until the next attempt to reach a worker that has possibly not started yet. */
const retryMs = 1_000;

/** Connects to the worker of a container that runs with the debugger, until it is disposed of. */
export class WorkerAttachment implements Disposable {
  readonly #parts: WorkerAttachmentParts;
  readonly #end = new AbortController();
  /** Present while the worker is debugged. */
  #worker: DebuggedWorker | undefined;
  /** Open connections to the debug adapter. */
  readonly #connections = new Set<Duplex>();

  constructor(parts: WorkerAttachmentParts) {
    this.#parts = parts;
    void this.#follow();
  }

  dispose(): void {
    this.#end.abort();
    // When its sessions have ended, the adapter lets the worker continue.
    for (const connection of this.#connections) connection.destroy();
    this.#ended();
  }

  /** A method, because the result can change during an `await`. */
  #isOver(): boolean {
    return this.#end.signal.aborted;
  }

  async #follow(): Promise<void> {
    while (!this.#isOver()) {
      await this.#reach();
      await pause(this.#parts.clock, retryMs, this.#end.signal);
    }
  }

  /** Resolves when the worker has ended or cannot be reached. */
  async #reach(): Promise<void> {
    const { token, onAttached, onFailed } = this.#parts;
    const connection = this.#connect();
    const { promise: closed, resolve } = Promise.withResolvers<undefined>();
    connection.once('close', () => resolve(undefined));
    const report = await readReport(connection, token);
    if (report === undefined || this.#isOver()) {
      connection.destroy();
      return;
    }
    if (report.failure !== null) {
      onFailed(report.failure);
      await closed;
      return;
    }
    this.#worker = this.#debugged(report.pid, closed);
    onAttached(this.#worker);
    await closed;
    this.#ended();
  }

  #ended(): void {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker !== undefined) this.#parts.onEnded(worker);
  }

  #debugged(pid: number, ended: Promise<undefined>): DebuggedWorker {
    const { identity, socket, token } = this.#parts;
    return {
      ...identity,
      ...{ pid, socket, ended, name: sessionName(identity) },
      connect: () => openSession(this.#connect(), token),
    };
  }

  #connect(): Duplex {
    const connection = this.#parts.connect();
    this.#connections.add(connection);
    connection.once('close', () => this.#connections.delete(connection));
    connection.once('end', () => connection.destroy());
    if (this.#isOver()) connection.destroy();
    return connection;
  }
}
