import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { DapReply } from '../../../src/core/debug/dap-messages';
import type { DebuggedWorker } from '../../../src/core/debug/debugged-worker';
import { ParentAdapter, type DebugTarget } from '../../../src/core/debug/parent-adapter';
import { Emitter } from '../../../src/core/events';
import type { Problem } from '../../../src/core/model';
import { ServeError } from '../../../src/core/problem';
import { ManualClock } from '../../support/manual-clock';
import { settle } from '../../support/settle';

class FakeTarget implements DebugTarget {
  readonly attached = new Emitter<DebuggedWorker>();
  readonly failed = new Emitter<Problem>();
  readonly ended = new Emitter<void>();
  readonly calls: string[] = [];
  workers: readonly DebuggedWorker[] = [];
  pathMappings: DebugTarget['pathMappings'] = [];
  onDidAttach = this.attached.event;
  onDidFail = this.failed.event;
  onDidEnd = this.ended.event;
  begin = (): Promise<string | undefined> => this.#call('begin').then(() => this.note);
  note: string | undefined;
  detach = (): Promise<void> => this.#call('detach');
  stop = (): Promise<void> => this.#call('stop');
  result: () => Promise<void> = () => Promise.resolve();

  #call(name: string): Promise<void> {
    this.calls.push(name);
    return this.result();
  }
}

function setUp() {
  const target = new FakeTarget();
  const clock = new ManualClock();
  const sent: (DapReply & { readonly seq: number })[] = [];
  const options = { justMyCode: true, subProcess: true };
  const adapter = new ParentAdapter({ target, options, clock, send: (one) => sent.push(one) });
  let seq = 0;
  const ask = async (command: string, args: object = {}): Promise<void> => {
    adapter.handle({ type: 'request', seq: ++seq, command, arguments: args });
    await settle();
  };
  return { target, clock, sent, adapter, ask };
}

const worker: DebuggedWorker = {
  component: 'service:Embedder',
  componentName: 'Embedder',
  process: 'service:Embedder#2',
  name: 'Embedder #2',
  pid: 42,
  socket: '/run/s/d1',
  connect: () => new PassThrough(),
  ended: new Promise(() => undefined),
};

describe('the session of a whole bento', () => {
  it('declares the exception breakpoints of debugpy before anything runs', async () => {
    const { sent, ask, target } = setUp();
    await ask('initialize');
    expect(sent).toMatchObject([
      {
        type: 'response',
        success: true,
        body: {
          exceptionBreakpointFilters: [
            { filter: 'raised', default: false },
            { filter: 'uncaught', default: true },
            { filter: 'userUnhandled', default: false },
          ],
        },
      },
      { type: 'event', event: 'initialized' },
    ]);
    expect(target.calls).toEqual([]);
  });

  it('says in the console what people should know', async () => {
    const { sent, ask, target } = setUp();
    target.note = 'The time limits of Search apply.';
    await ask('attach');
    const body = { category: 'important', output: 'The time limits of Search apply.\n' };
    expect(sent).toMatchObject([
      { type: 'event', event: 'output', body },
      { type: 'response', success: true },
    ]);
  });

  it('has the editor start a session for each worker that attaches', async () => {
    const { sent, ask, target } = setUp();
    await ask('launch');
    target.attached.fire(worker);
    expect(sent).toEqual([
      { type: 'response', seq: 1, request_seq: 1, command: 'launch', success: true },
      {
        type: 'request',
        seq: 2,
        command: 'startDebugging',
        arguments: {
          request: 'attach',
          configuration: {
            name: 'Embedder #2',
            socket: '/run/s/d1',
            component: 'service:Embedder',
            worker: 42,
            workerName: 'Embedder #2',
            connect: { host: '127.0.0.1', port: 0 },
            justMyCode: true,
            subProcess: true,
          },
        },
      },
    ]);
  });

  it('refuses the launch with the reason why the bento cannot be served', async () => {
    const { sent, ask, target } = setUp();
    const problem = { code: 'port-in-use', message: 'Port 3000 is in use.' } as const;
    target.result = () => Promise.reject(new ServeError(problem));
    await ask('launch');
    expect(sent).toMatchObject([{ success: false, message: 'Port 3000 is in use.' }]);
  });

  it.each([
    ['terminate', {}, 'stop'],
    ['disconnect', {}, 'detach'],
    ['disconnect', { terminateDebuggee: false }, 'detach'],
    ['disconnect', { terminateDebuggee: true }, 'stop'],
  ])('answers %s %j with %s, and is over', async (command, args, call) => {
    const { sent, ask, target } = setUp();
    await ask(command, args);
    expect(target.calls).toEqual([call]);
    expect(sent).toMatchObject([
      { type: 'event', event: 'terminated' },
      { type: 'response', success: true },
    ]);
  });

  it('does not keep the editor waiting for a bento that does not end', async () => {
    const { sent, ask, target, clock } = setUp();
    target.result = () => new Promise(() => undefined);
    await ask('terminate');
    expect(sent).toEqual([]);
    await clock.pass(15_000);
    await settle();
    expect(sent).toMatchObject([{ event: 'terminated' }, { command: 'terminate', success: true }]);
  });

  it('is over even if the bento could not be stopped, and waits for nothing', async () => {
    const { sent, ask, target, clock } = setUp();
    target.result = () => Promise.reject(new Error('no helper'));
    await ask('terminate');
    expect(sent).toMatchObject([{ event: 'terminated' }, { command: 'terminate', success: false }]);
    expect(clock.waiting).toBe(0);
  });

  it('ends once with the bento, whoever stopped it', async () => {
    const { sent, ask, target } = setUp();
    target.ended.fire();
    await ask('terminate');
    expect(sent.filter((one) => one.type === 'event')).toHaveLength(1);
  });

  it('says why a worker is not debugged, and starts no session for it', () => {
    const { sent, target } = setUp();
    target.failed.fire({ code: 'debugger', message: 'Ranker cannot be debugged.' });
    expect(sent).toMatchObject([
      { event: 'output', body: { output: 'Ranker cannot be debugged.\n' } },
    ]);
  });

  it('ignores what is no request, and answers requests that it has no use for', async () => {
    const { sent, ask, adapter } = setUp();
    for (const one of [undefined, null, 'text', 7, [], {}, { type: 'response', seq: 1 }]) {
      adapter.handle(one);
    }
    await settle();
    expect(sent).toEqual([]);
    await ask('threads');
    await ask('setBreakpoints', { breakpoints: [{ line: 1 }, { line: 2 }] });
    await ask('somethingNew');
    await ask('evaluate', { expression: '1' });
    expect(sent.map((one) => one.type === 'response' && [one.success, one.body])).toEqual([
      [true, { threads: [] }],
      [true, { breakpoints: [{ verified: false }, { verified: false }] }],
      [true, undefined],
      [
        false,
        {
          error: {
            id: 1,
            showUser: false,
            format:
              'The session of the bento has no variables. Select the session of a worker in the Call Stack view.',
          },
        },
      ],
    ]);
  });
});
