import { describe, expect, it } from 'vitest';
import { BentoDebugger } from '../../../src/core/debug/bento-debugger';
import type { Problem } from '../../../src/core/model';
import type { ProcessSpec } from '../../../src/core/target/local/helper/process-host';
import { FakeProcessHost, HeldWire, type FakeHostOptions } from '../../support/fake-process-host';
import { ManualClock } from '../../support/manual-clock';
import { quietLog } from '../../support/quiet-log';
import { settle } from '../../support/settle';

const options = { debugpy: '/storage/debugpy', subProcess: true };
const identityOf = (process: string) => ({
  ...{ component: 'service:Embedder', componentName: 'Embedder', process },
});

function setUp(hostOptions: FakeHostOptions = {}) {
  const host = new FakeProcessHost(hostOptions);
  const clock = new ManualClock();
  const problems: Problem[] = [];
  const own = new BentoDebugger({
    ...{ host, python: '/venv/bin/python', scripts: '/scripts', sockets: '/run/s', env: {} },
    ...{ clock, log: quietLog() },
  });
  own.onDidFail((problem) => problems.push(problem));
  const start = async (process: string): Promise<number> => {
    const spec = { process, group: process, argv: ['python'], cwd: '/', env: {}, fds: [] };
    return (await host.spawn({ ...spec, deathSignal: 'SIGKILL' })).pid;
  };
  const attach = async (process: string) =>
    own.attach(identityOf(process), await start(process), options);
  return { host, clock, problems, own, start, attach };
}

const embedder = 'service:Embedder';

describe('attaching to a running worker', () => {
  it('starts an adapter, and gives the worker with its socket and the name of its row', async () => {
    const { host, own, attach } = setUp();
    const worker = await attach('service:Embedder#2');
    expect(worker).toMatchObject({ name: 'Embedder #2', socket: '/run/s/d1', component: embedder });
    expect(own.workers).toEqual([worker]);
    expect(own.stateOf(embedder)).toBe('attached');
    expect(host.living).toContain('debugger#1');
  });

  it('writes no bytecode into the folders of the extension and of debugpy', async () => {
    const commands: (readonly string[])[] = [];
    const program = ({ process, argv }: ProcessSpec) => {
      if (process.startsWith('debugger#')) commands.push(argv);
      return {};
    };
    await setUp({ program }).attach('service:Embedder#1');
    expect(commands.map((argv) => argv.slice(0, 3))).toEqual([['/venv/bin/python', '-I', '-B']]);
  });

  it('happens once for two requests at the same time', async () => {
    const { host, own, start } = setUp();
    const pid = await start('service:Embedder#1');
    const identity = identityOf('service:Embedder#1');
    const both = await Promise.all([
      own.attach(identity, pid, options),
      own.attach(identity, pid, options),
    ]);
    expect(both[0]).toBe(both[1]);
    expect(host.living).not.toContain('debugger#2');
  });

  it.each([
    [
      { code: 'no-debugpy', message: 'No module named debugpy' },
      'its Python cannot import debugpy',
    ],
    [{ code: 'already-debugged', message: 'x' }, 'its code has started debugpy itself'],
    [{ code: 'gone', message: 'x' }, 'ended before the debugger was connected'],
    [{ code: 'ConnectionRefusedError', message: 'x' }, 'could not connect to the debugger'],
  ])('says why it cannot be: %j', async (failure, text) => {
    const { host, own, attach } = setUp({ debugger: failure });
    await expect(attach('service:Embedder#1')).rejects.toMatchObject({
      problem: { code: 'debugger', component: embedder, detail: failure.message },
      message: expect.stringContaining(text) as string,
    });
    await settle();
    expect(host.living).toEqual(['service:Embedder#1']);
    expect(own.stateOf(embedder)).toBeUndefined();
  });

  it('has a limit, after which its adapter ends', async () => {
    const { host, clock, attach } = setUp({ debugger: 'silent' });
    const attached = attach('service:Embedder#1');
    const failed = expect(attached).rejects.toThrow('did not connect to the debugger in time');
    await clock.pass(60_000);
    await failed;
    await settle();
    expect(host.living).toEqual(['service:Embedder#1']);
  });

  it('is withdrawn when it is late: a worker that wakes up attaches only to the next adapter', async () => {
    const { host, own, clock, start } = setUp({ debugger: 'silent' });
    const pid = await start('service:Embedder#1');
    const identity = identityOf('service:Embedder#1');
    const late = expect(own.attach(identity, pid, options)).rejects.toThrow('in time');
    await clock.pass(60_000);
    await late;
    expect(host.requests).toContain('withdraw debugger#1');
    expect(own.isDebugging()).toBe(false);
    const again = own.attach(identity, pid, options);
    await settle();
    host.askHelper(pid);
    expect(await again).toMatchObject({ pid, socket: '/run/s/d2' });
  });

  it('reports that the helper does not respond', async () => {
    const wire = new HeldWire();
    const { own, clock } = setUp({ wire });
    const attached = own.attach(identityOf('service:Embedder#1'), 1000, options);
    const failed = expect(attached).rejects.toThrow('cannot reach Embedder: the process that runs');
    await clock.pass(60_000);
    await failed;
    await wire.deliverAll();
    expect(own.isDebugging()).toBe(false);
    expect(clock.waiting).toBe(0);
  });

  it('fails at once when its adapter ends, or cannot be started', async () => {
    const dies = setUp({ debugger: 'silent' });
    const attached = dies.attach('service:Embedder#1');
    const failed = expect(attached).rejects.toMatchObject({
      problem: { component: embedder, detail: 'Its debug adapter was terminated by SIGABRT.' },
      message: expect.stringContaining('could not connect to the debugger') as string,
    });
    await settle();
    dies.host.exit('debugger#1', { code: null, signal: 'SIGABRT' });
    await failed;
    const refused = setUp({
      program: ({ process }) => (process.startsWith('debugger') ? { refused: 'EAGAIN' } : {}),
    });
    await expect(refused.attach('service:Embedder#1')).rejects.toMatchObject({
      problem: { component: embedder },
    });
    expect(refused.host.leases).toEqual([]);
  });

  it('leaves its component debugged if another of its workers is attached', async () => {
    const { host, own, attach } = setUp();
    await attach('service:Embedder#1');
    const second = own.attach(identityOf('service:Embedder#2'), 7, options);
    await expect(second).rejects.toThrow();
    expect(own.isDebugging(embedder)).toBe(true);
    expect(host.living).toContain('debugger#1');
  });

  it('is refused for a process that is none of the bento, which stays undebugged', async () => {
    const { host, own } = setUp();
    await expect(own.attach(identityOf('service:Embedder#1'), 7, options)).rejects.toMatchObject({
      problem: { code: 'debugger' },
    });
    expect(host.living).toEqual([]);
    expect(own.isDebugging(embedder)).toBe(false);
  });
});

describe('workers that are started', () => {
  it('attach first when their component is debugged', async () => {
    const { own, problems } = setUp();
    const identity = identityOf('service:Embedder#1');
    expect(await own.prepare(identity)).toBeUndefined();
    own.enable(embedder, options);
    const prepared = await own.prepare(identity);
    expect(prepared?.spec).toMatchObject({ debugpy: '/storage/debugpy', wait: 60 });
    expect(problems).toEqual([]);
  });

  it('say so when they end before that, and serve nothing wrong', async () => {
    const { host, own, problems } = setUp();
    own.enable(embedder, options);
    const prepared = await own.prepare(identityOf('service:Embedder#1'));
    prepared?.started(4711, Promise.resolve());
    await settle();
    expect(own.isDebugging(embedder)).toBe(true);
    expect(problems).toMatchObject([{ code: 'debugger', component: embedder }]);
    expect(problems[0]?.message).toContain('ended before the debugger was connected');
    expect(host.living).toEqual([]);
  });

  it('are attached only once if they are attached to again meanwhile', async () => {
    const { host, own, start } = setUp({ debugger: 'silent' });
    const identity = identityOf('service:Embedder#1');
    own.enable(embedder, options);
    const prepared = await own.prepare(identity);
    const pid = await start('service:Embedder#1');
    const ended = Promise.withResolvers<undefined>();
    prepared?.started(pid, ended.promise);
    const attached = own.attach(identity, pid, options);
    const failed = expect(attached).rejects.toThrow('ended before the debugger was connected');
    await settle();
    expect(host.living).not.toContain('debugger#2');
    ended.resolve(undefined);
    await failed;
  });

  it('do not attach when their component is detached while the adapter starts', async () => {
    const { host, own } = setUp();
    own.enable(embedder, options);
    const prepared = own.prepare(identityOf('service:Embedder#1'));
    await own.detach(embedder);
    expect(await prepared).toBeUndefined();
    await settle();
    expect(host.living).toEqual([]);
  });

  it('are debugged if their report arrives together with the event that they run', async () => {
    const { own, host, start } = setUp();
    own.enable(embedder, options);
    const prepared = await own.prepare(identityOf('service:Embedder#1'));
    if (prepared === undefined) throw new Error('it is not debugged');
    const pid = await start('service:Embedder#1');
    await host.attachDebugger(pid, prepared.spec);
    await settle();
    prepared.started(pid, new Promise(() => undefined));
    await settle();
    expect(own.workers).toMatchObject([{ pid }]);
  });

  it('do not attach when their component is detached before they run', async () => {
    const { host, own, problems, start } = setUp({ debugger: 'silent' });
    own.enable(embedder, options);
    const prepared = await own.prepare(identityOf('service:Embedder#1'));
    await own.detach(embedder);
    prepared?.started(await start('service:Embedder#1'), Promise.resolve());
    await settle();
    expect(host.requests).toContain('withdraw debugger#1');
    expect([own.workers, problems, host.living]).toEqual([[], [], ['service:Embedder#1']]);
  });

  it('leave no adapter behind when they cannot be started', async () => {
    const { host, own } = setUp();
    own.enable(embedder, options);
    (await own.prepare(identityOf('service:Embedder#1')))?.abandon();
    await settle();
    expect(host.living).toEqual([]);
  });
});

describe('a paused worker', () => {
  it('is paused until all sessions of its adapter continue', async () => {
    const { own, attach } = setUp();
    const { socket } = await attach('service:Embedder#1');
    const states: unknown[] = [];
    own.onDidChange(() => states.push(own.stateOf(embedder)));
    own.setPaused(socket, 'worker', true);
    own.setPaused(socket, 'child', true);
    own.setPaused(socket, 'worker', false);
    own.setPaused(socket, 'child', false);
    expect(states).toEqual(['paused', 'attached']);
  });

  it('is unknown at a socket of nobody', async () => {
    const { own, attach } = setUp();
    await attach('service:Embedder#1');
    own.setPaused('/elsewhere', 'worker', true);
    expect(own.isPaused).toBe(false);
  });

  it('is waited for until it continues, or the wait is cancelled', async () => {
    const { own, attach } = setUp();
    const { socket } = await attach('service:Embedder#1');
    const cancel = new AbortController();
    const order: string[] = [];
    own.setPaused(socket, 'worker', true);
    const first = own.untilContinued(cancel.signal).then(() => order.push('first'));
    cancel.abort();
    await first;
    const second = own
      .untilContinued(new AbortController().signal)
      .then(() => order.push('second'));
    await settle();
    order.push('continues');
    own.setPaused(socket, 'worker', false);
    await second;
    expect(order).toEqual(['first', 'continues', 'second']);
  });

  it('ends a wait for a pause, as does its cancellation', async () => {
    const { own, attach } = setUp();
    const { socket } = await attach('service:Embedder#1');
    const cancel = new AbortController();
    const order: string[] = [];
    const first = own.untilPaused(cancel.signal).then(() => order.push('cancelled'));
    cancel.abort();
    await first;
    const second = own.untilPaused(new AbortController().signal).then(() => order.push('paused'));
    await settle();
    order.push('pauses');
    own.setPaused(socket, 'worker', true);
    await second;
    await own.untilPaused(new AbortController().signal);
    expect(order).toEqual(['cancelled', 'pauses', 'paused']);
  });

  it('is not paused any more when its adapter has ended', async () => {
    const { host, own, attach } = setUp();
    const { socket } = await attach('service:Embedder#1');
    own.setPaused(socket, 'worker', true);
    host.exit('debugger#1');
    await settle();
    expect(own.isPaused).toBe(false);
    expect(own.stateOf(embedder)).toBeUndefined();
  });
});

describe('detaching', () => {
  it('ends the adapters, lets the workers run, and does not attach those that come', async () => {
    const { host, own, attach } = setUp();
    await attach('service:Embedder#1');
    await own.detach(embedder);
    expect(host.living).toEqual(['service:Embedder#1']);
    expect(await own.prepare(identityOf('service:Embedder#1'))).toBeUndefined();
  });

  it('leaves other components alone', async () => {
    const { host, own, attach } = setUp();
    await attach('service:Embedder#1');
    await own.detach('http');
    expect(host.living).toContain('debugger#1');
  });

  it('is followed by another adapter for the same worker', async () => {
    const { own, start } = setUp();
    const pid = await start('service:Embedder#1');
    await own.attach(identityOf('service:Embedder#1'), pid, options);
    await own.detach();
    const again = await own.attach(identityOf('service:Embedder#1'), pid, options);
    expect(again).toMatchObject({ pid, socket: '/run/s/d2' });
  });

  it.each([0, 1, 3, 8, 20])(
    'cancels an attach in progress (after %d turns): nothing stays enabled',
    async (turns) => {
      const { host, own, problems, start } = setUp({ debugger: 'silent' });
      const pid = await start('service:Embedder#1');
      const attached = own.attach(identityOf('service:Embedder#1'), pid, options);
      const failed = expect(attached).rejects.toMatchObject({ code: 'cancelled' });
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await own.detach(embedder);
      await failed;
      host.askHelper(pid);
      await settle();
      expect(host.living).toEqual(['service:Embedder#1']);
      expect([own.isDebugging(), own.workers, problems]).toEqual([false, [], []]);
    },
  );

  it('allows the next attach to the same worker, which waits until the adapter has ended', async () => {
    const { host, own, attach } = setUp();
    const { pid } = await attach('service:Embedder#1');
    void own.detach();
    expect(own.workers).toEqual([]);
    const again = await own.attach(identityOf('service:Embedder#1'), pid, options);
    expect(again.socket).toBe('/run/s/d2');
    const { requests } = host;
    expect(requests.indexOf('kill debugger#1')).toBeLessThan(requests.indexOf('spawn debugger#2'));
  });

  it('of a component that ends only lets go: its next workers attach again', async () => {
    const { host, own, attach } = setUp();
    const { pid } = await attach('service:Embedder#1');
    await own.letGo([pid]);
    expect(host.living).toEqual(['service:Embedder#1']);
    expect(own.isDebugging(embedder)).toBe(true);
  });
});
