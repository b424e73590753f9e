import type { Duplex } from 'node:stream';
import type { Disposable } from '../events';

export interface DapConnectionEvents {
  readonly onMessage: (message: unknown) => void;
  /** It is closed, or could not be opened. Called once, and not after `dispose`. */
  readonly onClose: () => void;
}

const separator = '\r\n\r\n';

/** A connection to a debug adapter. What is sent before it is open waits. */
export class DapConnection implements Disposable {
  readonly #stream: Duplex;
  readonly #events: DapConnectionEvents;
  #rest: Buffer = Buffer.alloc(0);
  #isClosed = false;

  constructor(stream: Duplex, events: DapConnectionEvents) {
    this.#events = events;
    this.#stream = stream;
    this.#stream.on('data', (piece: Buffer) => this.#receive(piece));
    // `close` follows.
    this.#stream.on('error', () => undefined);
    this.#stream.on('close', () => this.#close());
  }

  send(message: object): void {
    if (this.#isClosed) return;
    const text = JSON.stringify(message);
    this.#stream.write(`Content-Length: ${Buffer.byteLength(text)}${separator}${text}`);
  }

  dispose(): void {
    this.#isClosed = true;
    this.#stream.destroy();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#events.onClose();
  }

  #receive(piece: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, piece]);
    for (;;) {
      const end = this.#rest.indexOf(separator);
      if (end === -1) return;
      const length = contentLength(this.#rest.toString('latin1', 0, end));
      if (length === undefined) {
        // Where the next message begins is not known.
        this.#stream.destroy();
        return;
      }
      const from = end + separator.length;
      if (this.#rest.length < from + length) return;
      const text = this.#rest.toString('utf8', from, from + length);
      this.#rest = this.#rest.subarray(from + length);
      this.#deliver(text);
    }
  }

  #deliver(text: string): void {
    if (this.#isClosed) return;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      this.#stream.destroy();
      return;
    }
    this.#events.onMessage(message);
  }
}

function contentLength(header: string): number | undefined {
  const [, digits] = /^Content-Length: (\d{1,9})$/im.exec(header) ?? [];
  return digits === undefined ? undefined : Number(digits);
}
