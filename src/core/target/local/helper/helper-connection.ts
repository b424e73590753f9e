import type { Readable, Writable } from 'node:stream';
import type * as z from 'zod';
import { systemClock } from '../../../clock';
import { Emitter, type Event } from '../../../events';
import { HelperFrames } from './helper-frames';
import {
  helperMessage,
  replies,
  type HelperCommand,
  type HelperDebugger,
  type HelperCanPlan,
  type HelperExit,
  type HelperOutput,
  type HelperOutputHeader,
  type HelperForkServer,
  type HelperProfile,
  type HelperWorkers,
  type PortHolder,
} from './helper-messages';

/** A command the helper could not carry out. */
export class HelperRefusal extends Error {
  override readonly name = 'HelperRefusal';
  readonly code: string;
  readonly holder: PortHolder | undefined;

  constructor(code: string, message: string, holder?: PortHolder) {
    super(message);
    this.code = code;
    this.holder = holder;
  }
}

interface Waiting {
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Node reads up to 2 MB from a pipe before it turns to anything else. */
const longestTurnMs = 10;

/** Requests and events over the two pipes of a helper. */
export class HelperConnection {
  readonly #toHelper: Writable;
  readonly #fromHelper: Readable;
  readonly #waiting = new Map<number, Waiting>();
  readonly #output = new Emitter<HelperOutput>();
  readonly #exit = new Emitter<HelperExit>();
  readonly #workers = new Emitter<HelperWorkers>();
  readonly #canPlan = new Emitter<HelperCanPlan>();
  readonly #forkServer = new Emitter<HelperForkServer>();
  readonly #debugger = new Emitter<HelperDebugger>();
  readonly #profile = new Emitter<HelperProfile>();
  readonly #onNonsense: (line: string) => void;
  #next = 1;
  readonly #frames: HelperFrames;
  #closed = false;
  #ending = false;
  #busyMs = 0;
  readonly #holds = new Set<Promise<void>>();

  constructor(toHelper: Writable, fromHelper: Readable, onNonsense: (line: string) => void) {
    this.#toHelper = toHelper;
    this.#fromHelper = fromHelper;
    this.#onNonsense = onNonsense;
    // The helper's end is reported by its process; a broken pipe adds nothing.
    toHelper.on('error', () => undefined);
    this.#frames = new HelperFrames({
      onLine: (line) => this.#handle(line),
      onOutput: (output) => this.#output.fire(output),
    });
    fromHelper.on('data', (piece: Buffer) => this.#receive(piece));
  }

  readonly onOutput: Event<HelperOutput> = this.#output.event;
  readonly onExit: Event<HelperExit> = this.#exit.event;
  readonly onWorkers: Event<HelperWorkers> = this.#workers.event;
  readonly onCanPlan: Event<HelperCanPlan> = this.#canPlan.event;
  readonly onForkServer: Event<HelperForkServer> = this.#forkServer.event;
  readonly onDebugger: Event<HelperDebugger> = this.#debugger.event;
  readonly onProfile: Event<HelperProfile> = this.#profile.event;

  /** @throws HelperRefusal when the helper cannot, or is gone. */
  async request<C extends HelperCommand>(
    command: C,
    parameters: Readonly<Record<string, unknown>>,
  ): Promise<z.infer<(typeof replies)[C]>> {
    if (this.#closed) throw new HelperRefusal('EPIPE', 'The helper process has ended.');
    const id = this.#next++;
    const reply = new Promise<unknown>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#flow();
    this.#toHelper.write(`${JSON.stringify({ ...parameters, do: command, id })}\n`);
    const said = replies[command].safeParse(await reply);
    if (said.success) return said.data as z.infer<(typeof replies)[C]>;
    throw new HelperRefusal('EPROTO', `The helper's answer to ${command} is none.`);
  }

  /**
   * Reads no more until then, so that the helper waits, and with it what it relays; `until` must not reject. While a
   * reply is to come it is read all the same: it comes behind no more than one piece of output of each process.
   */
  hold(until: Promise<void>): void {
    if (this.#holds.has(until)) return;
    this.#holds.add(until);
    this.#flow();
    void until.then(() => {
      this.#holds.delete(until);
      this.#flow();
    });
  }

  #flow(): void {
    const isHeld = this.#holds.size > 0 && this.#waiting.size === 0 && !this.#ending;
    if (isHeld) this.#fromHelper.pause();
    else this.#fromHelper.resume();
  }

  /** Ends the life line: the helper ends everything it started, then itself. */
  end(): void {
    this.#ending = true;
    this.#flow();
    this.#toHelper.end();
  }

  /** To be called when the helper has ended: nothing waits for it any more. */
  close(): void {
    this.#closed = true;
    this.#ending = true;
    this.#flow();
    for (const { reject } of this.#waiting.values()) {
      reject(new HelperRefusal('EPIPE', 'The helper process has ended.'));
    }
    this.#waiting.clear();
  }

  #receive(piece: Buffer): void {
    const from = systemClock.now();
    this.#frames.feed(piece);
    this.#busyMs += systemClock.now() - from;
    if (this.#busyMs < longestTurnMs) return;
    this.#busyMs = 0;
    this.hold(new Promise((resolve) => setImmediate(resolve)));
  }

  #handle(line: string): void {
    let message;
    try {
      message = helperMessage.parse(JSON.parse(line));
    } catch {
      this.#onNonsense(line.slice(0, 500));
      return;
    }
    if (!('re' in message)) {
      this.#tell(message);
      return;
    }
    const waiting = this.#waiting.get(message.re);
    this.#waiting.delete(message.re);
    this.#flow();
    if (message.ok) waiting?.resolve(message);
    else
      waiting?.reject(
        new HelperRefusal(message.code, message.message, message.holder ?? undefined),
      );
  }

  #tell(
    message:
      | HelperOutputHeader
      | HelperExit
      | HelperWorkers
      | HelperCanPlan
      | HelperForkServer
      | HelperDebugger
      | HelperProfile,
  ): void {
    switch (message.event) {
      case 'output':
        this.#frames.expect(message);
        return;
      case 'exit':
        this.#exit.fire(message);
        return;
      case 'workers':
        this.#workers.fire(message);
        return;
      case 'canPlan':
        this.#canPlan.fire(message);
        return;
      case 'forkServer':
        this.#forkServer.fire(message);
        return;
      case 'debugger':
        this.#debugger.fire(message);
        return;
      case 'profile':
        this.#profile.fire(message);
        return;
    }
  }
}
