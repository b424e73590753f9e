import net from 'node:net';
import type { Duplex } from 'node:stream';
import { until } from './until';

/** A message of the Debug Adapter Protocol, as far as tests read it. */
export interface DapMessage {
  readonly type: 'request' | 'response' | 'event';
  readonly seq: number;
  readonly event?: string;
  readonly command?: string;
  readonly request_seq?: number;
  readonly success?: boolean;
  readonly message?: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** The editor's end of a session with a real debug adapter. */
export class DapClient {
  readonly #socket: Duplex;
  readonly #waiting = new Map<number, (message: DapMessage) => void>();
  readonly #messages: DapMessage[] = [];
  #rest = Buffer.alloc(0);
  #seq = 0;
  #closed = false;

  constructor(socket: Duplex) {
    this.#socket = socket;
    socket.on('data', (piece: Buffer) => this.#receive(piece));
    socket.on('close', () => (this.#closed = true));
    socket.on('error', () => undefined);
  }

  static async connect(path: string): Promise<DapClient> {
    const socket = net.connect(path);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new DapClient(socket);
  }

  /** As VS Code does: breakpoints by file and line, then everything runs. */
  async attach(
    breakpoints: Readonly<Record<string, readonly number[]>>,
    configuration: object,
  ): Promise<void> {
    await this.request('initialize', { adapterID: 'test', supportsStartDebuggingRequest: true });
    const attached = this.request('attach', configuration);
    await Promise.race([this.event('initialized'), attached]);
    for (const [path, lines] of Object.entries(breakpoints)) {
      await this.request('setBreakpoints', {
        source: { path },
        breakpoints: lines.map((line) => ({ line })),
      });
    }
    await this.request('configurationDone', {});
    await attached;
  }

  async request(command: string, args: object): Promise<Readonly<Record<string, unknown>>> {
    const seq = ++this.#seq;
    let answer: DapMessage | undefined;
    this.#waiting.set(seq, (message) => (answer = message));
    const text = JSON.stringify({ seq, type: 'request', command, arguments: args });
    this.#socket.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    const { success, message, body = {} } = await this.#until(command, () => answer);
    if (success !== true) throw new Error(`${command}: ${message}`);
    return body;
  }

  /** Takes the next event of the kind. */
  event(kind: string): Promise<DapMessage> {
    return this.#take(kind, (message) => message.event === kind);
  }

  /** Takes the next request that the adapter sends. */
  reverse(command: string): Promise<DapMessage> {
    return this.#take(command, (one) => one.type === 'request' && one.command === command);
  }

  /** The function, line and file where the thread of a `stopped` event is. */
  async where({
    body = {},
  }: DapMessage): Promise<{ name: string; line: number; file: string | undefined }> {
    const { stackFrames } = await this.request('stackTrace', { threadId: body['threadId'] });
    const [frame] = stackFrames as {
      name: string;
      line: number;
      source?: { path?: string };
    }[];
    return { name: frame?.name ?? '', line: frame?.line ?? 0, file: frame?.source?.path };
  }

  async goOn({ body = {} }: DapMessage): Promise<void> {
    await this.request('continue', { threadId: body['threadId'] });
  }

  async detach(): Promise<void> {
    await this.request('disconnect', { terminateDebuggee: false });
    this.close();
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(what: string, matches: (message: DapMessage) => boolean): Promise<DapMessage> {
    return this.#until(what, () => {
      const index = this.#messages.findIndex(matches);
      return index === -1 ? undefined : this.#messages.splice(index, 1)[0];
    });
  }

  /** Fails at once when the adapter has closed the connection. */
  async #until(what: string, look: () => DapMessage | undefined): Promise<DapMessage> {
    return until(`${what} of the debug adapter`, () => {
      const found = look();
      if (found === undefined && this.#closed) {
        throw new Error(`the adapter has closed the connection without ${what}`);
      }
      return found;
    });
  }

  #receive(piece: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, piece]);
    for (;;) {
      const end = this.#rest.indexOf('\r\n\r\n');
      if (end === -1) return;
      const length = Number(
        /Content-Length: (\d+)/.exec(this.#rest.toString('latin1', 0, end))?.[1],
      );
      const from = end + 4;
      if (this.#rest.length < from + length) return;
      const text = this.#rest.toString('utf8', from, from + length);
      this.#rest = this.#rest.subarray(from + length);
      this.#deliver(JSON.parse(text) as DapMessage);
    }
  }

  #deliver(message: DapMessage): void {
    if (message.type === 'response') {
      this.#waiting.get(message.request_seq ?? 0)?.(message);
      return;
    }
    this.#messages.push(message);
  }
}
