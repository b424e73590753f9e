import { mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChildAdapter } from '../../../src/core/debug/child-adapter';
import { until } from '../../support/until';

interface Message {
  readonly type: string;
  readonly command?: string;
  readonly event?: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** Listens as debugpy's adapter does. */
class FakeDebugpy {
  readonly received: Message[] = [];
  readonly #server: net.Server;
  #socket: net.Socket | undefined;

  constructor(file: string) {
    this.#server = net.createServer((socket) => {
      this.#socket = socket;
      let rest = Buffer.alloc(0);
      socket.on('data', (piece: Buffer) => {
        rest = Buffer.concat([rest, piece]);
        for (;;) {
          const end = rest.indexOf('\r\n\r\n');
          const length = Number(/\d+/.exec(rest.toString('latin1', 0, Math.max(0, end)))?.[0]);
          if (end === -1 || rest.length < end + 4 + length) return;
          this.received.push(
            JSON.parse(rest.toString('utf8', end + 4, end + 4 + length)) as Message,
          );
          rest = rest.subarray(end + 4 + length);
        }
      });
    });
    this.#server.listen(file);
  }

  send(message: object): void {
    this.write(frame(message));
  }

  write(bytes: string | Buffer): void {
    this.#socket?.write(bytes);
  }

  hangUp(): void {
    this.#socket?.destroy();
  }

  close(): void {
    this.#socket?.destroy();
    this.#server.close();
  }
}

const frame = (message: object): Buffer => {
  const text = JSON.stringify(message);
  return Buffer.from(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
};

let folder: string;
let debugpy: FakeDebugpy;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'child-'));
  debugpy = new FakeDebugpy(path.join(folder, 'd1'));
});
afterEach(() => {
  debugpy.close();
  rmSync(folder, { recursive: true, force: true });
});

function setUp(socket = path.join(folder, 'd1')) {
  const sent: Message[] = [];
  const calls: string[] = [];
  const adapter = new ChildAdapter({
    connect: () => net.connect(socket),
    send: (message) => sent.push(message as Message),
    onStop: () => calls.push('stop'),
    onDisconnect: () => calls.push('disconnect'),
    onRestart: () => calls.push('restart'),
    onPaused: (isPaused) => calls.push(isPaused ? 'paused' : 'continued'),
  });
  let seq = 0;
  const ask = (command: string, args: object = {}): void =>
    adapter.handle({ type: 'request', seq: ++seq, command, arguments: args });
  const arrived = async (count: number): Promise<void> => {
    await until('what debugpy gets', () => debugpy.received.length >= count || undefined);
  };
  const shown = async (count: number): Promise<void> => {
    await until('what the editor gets', () => sent.length >= count || undefined);
  };
  return { adapter, sent, calls, ask, arrived, shown };
}

describe('the session of a worker', () => {
  it('hands on what the editor and debugpy say, in pieces and in any language', async () => {
    const { adapter, sent, ask, arrived, shown } = setUp();
    ask('evaluate', { expression: '"名" + "ä"' });
    adapter.handle({
      type: 'response',
      seq: 9,
      request_seq: 3,
      command: 'startDebugging',
      success: true,
    });
    await arrived(2);
    expect(debugpy.received.map(({ command }) => command)).toEqual(['evaluate', 'startDebugging']);
    expect(debugpy.received[0]?.arguments).toEqual({ expression: '"名" + "ä"' });
    const answer = {
      type: 'response',
      seq: 1,
      request_seq: 1,
      command: 'evaluate',
      success: true,
      body: { result: '名ä' },
    };
    const bytes = frame(answer);
    debugpy.write(bytes.subarray(0, bytes.length - 4));
    debugpy.write(bytes.subarray(bytes.length - 4));
    await shown(1);
    expect(sent).toEqual([answer]);
    adapter.dispose();
  });

  it('restarts the component, which debugpy is not asked for', async () => {
    const { sent, calls, ask, arrived, shown } = setUp();
    ask('initialize');
    await arrived(1);
    debugpy.send({
      type: 'response',
      seq: 1,
      request_seq: 1,
      command: 'initialize',
      success: true,
      body: { a: 1 },
    });
    await shown(1);
    expect(sent[0]).toMatchObject({
      body: { a: 1, supportsRestartRequest: true, supportTerminateDebuggee: true },
    });
    ask('restart');
    ask('threads');
    await arrived(2);
    expect(calls).toEqual(['restart']);
    expect(debugpy.received.map(({ command }) => command)).toEqual(['initialize', 'threads']);
    expect(sent[1]).toMatchObject({ command: 'restart', success: true });
  });

  it.each([
    ['ends the bento when it is stopped, and has debugpy leave the worker alive', true, ['stop']],
    ['lets the worker go on when it is disconnected', false, ['disconnect']],
  ])('%s', async (_, terminateDebuggee, expected) => {
    const { calls, ask, arrived } = setUp();
    ask('disconnect', { terminateDebuggee, restart: false });
    await arrived(1);
    expect(debugpy.received[0]?.arguments).toEqual({ terminateDebuggee: false, restart: false });
    expect(calls).toEqual(expected);
  });

  it('says when its program is paused, goes on, and ends', async () => {
    const { calls, ask, arrived } = setUp();
    ask('threads');
    await arrived(1);
    const stopped = { type: 'event', seq: 1, event: 'stopped', body: { threadId: 1 } };
    const isSaid = (count: number) => until('the calls', () => calls.length >= count || undefined);
    debugpy.send(stopped);
    debugpy.send(stopped);
    await isSaid(1);
    debugpy.send({ type: 'response', seq: 2, request_seq: 2, command: 'next', success: true });
    await isSaid(2);
    debugpy.send(stopped);
    debugpy.send({ type: 'event', seq: 3, event: 'continued' });
    await isSaid(4);
    debugpy.send(stopped);
    debugpy.hangUp();
    await isSaid(6);
    expect(calls).toEqual(['paused', 'continued', 'paused', 'continued', 'paused', 'continued']);
  });

  it('ends once with its process, answers what waits, and is stopped by nobody then', async () => {
    const { sent, calls, ask, arrived, shown } = setUp();
    ask('stackTrace');
    await arrived(1);
    debugpy.send({ type: 'event', seq: 1, event: 'terminated' });
    await shown(2);
    debugpy.hangUp();
    ask('disconnect', { terminateDebuggee: true });
    ask('threads');
    expect(calls).toEqual([]);
    expect(sent).toMatchObject([
      { type: 'response', command: 'stackTrace', success: false },
      { type: 'event', event: 'terminated' },
      { type: 'response', command: 'disconnect', success: true },
      { type: 'response', command: 'threads', success: false },
    ]);
  });

  it('ends when nobody listens, or what listens speaks something else', async () => {
    const nobody = setUp(path.join(folder, 'none'));
    nobody.ask('initialize');
    await nobody.shown(2);
    expect(nobody.sent).toMatchObject([{ success: false }, { event: 'terminated' }]);
    const strange = setUp();
    strange.ask('initialize');
    await strange.arrived(1);
    debugpy.write('HTTP/1.1 400 Bad Request\r\n\r\n');
    await strange.shown(2);
    expect(strange.sent).toMatchObject([{ success: false }, { event: 'terminated' }]);
  });
});
