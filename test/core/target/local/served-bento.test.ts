import { afterEach, describe, expect, it, vi } from 'vitest';
import { PlanCache } from '../../../../src/core/plan/plan-cache';
import type { StoredPlan } from '../../../../src/core/plan/stored-plans';
import { ServeError } from '../../../../src/core/problem';
import { settle } from '../../../support/settle';
import { ServedOnFakes, type ServedOnFakesOptions } from '../../../support/served-on-fakes';

let made: ServedOnFakes[] = [];

async function setUp(options: ServedOnFakesOptions = {}): Promise<ServedOnFakes> {
  const set = new ServedOnFakes(options);
  made.push(set);
  await set.warm();
  return set;
}

afterEach(async () => {
  const all = made;
  made = [];
  for (const set of all) await set.dispose();
});

/** Nothing of it is left: no process, no lease, no timer, and the helper waits for the next serve or has ended. */
async function expectNothingLeft(set: ServedOnFakes): Promise<void> {
  await set.run(() => true);
  expect(set.ends).toBe(1);
  expect(set.living).toEqual([]);
  for (const host of set.hosts) {
    expect(host.leases).toEqual([]);
    // After it was given back, nothing was asked of it.
    const reset = host.requests.lastIndexOf('reset');
    if (!host.isOver) expect(host.requests.slice(reset + 1)).toEqual([]);
  }
  await set.dispose();
  expect(set.hosts.every(({ isOver }) => isOver)).toBe(true);
  expect(set.clock.waiting).toBe(0);
}

/** Delivers everything until nothing happens any more. */
const quiet = (set: ServedOnFakes): Promise<void> => set.run(() => set.wire.labels.length === 0);

it('is ready when all of its components are, dependencies and dependents at once', async () => {
  const set = await setUp();
  await set.ready();
  expect(set.outcomes).toEqual(['start done']);
  expect(set.states).toEqual({ 'service:Inner': 'ready', http: 'ready' });
  expect([set.served.wasReady, set.served.stopping, set.served.problem]).toEqual([
    true,
    false,
    undefined,
  ]);
  expect(set.hosts[0]?.leases).toEqual(['http', 'service:Inner']);
});

it('is remembered with its interpreter once it was ready, and not before', async () => {
  const set = await setUp();
  const { bento, interpreter } = set.served.request;
  set.start();
  await set.run(() => set.states['http'] !== undefined);
  expect(set.servedBefore.size).toBe(0);
  await set.run(() => set.has('start'));
  expect([...set.servedBefore]).toEqual([
    [bento.id, { command: interpreter.path, python: interpreter.path, preload: [] }],
  ]);
});

describe('a plan of an earlier window', () => {
  /** What is served has both components by it. `now`: those that BentoML says. */
  async function setUpStored(
    now: readonly string[],
    program?: ServedOnFakesOptions['program'],
  ): Promise<ServedOnFakes> {
    let stored: StoredPlan | undefined;
    const none = (): Promise<void> => Promise.resolve();
    const storedPlans = { read: () => Promise.resolve(stored), write: none, remove: none };
    const set = await setUp({ storedPlans, ...(program && { program }) });
    const write = (_: string, one: StoredPlan): Promise<void> => {
      stored = one;
      return Promise.resolve();
    };
    const earlier = new PlanCache(() => Promise.resolve({ ...storedPlans, write }));
    const { plan } = set;
    await earlier.planFor('it', () => Promise.resolve(plan), { asked: 'it', secrets: [] });
    await vi.waitFor(() => expect(stored).toBeDefined());
    set.plan = { ...plan, components: plan.components.filter(({ id }) => now.includes(id)) };
    return set;
  }
  const both = ['http', 'service:Inner'];

  it('is started at once, and verified when all is ready', async () => {
    const set = await setUpStored(both);
    await set.ready();
    expect([set.outcomes, set.plans]).toEqual([['start done'], 0]);
    await set.run(() => set.plans === 1);
    await quiet(set);
    expect([set.states, set.served.problem]).toEqual([
      { http: 'ready', 'service:Inner': 'ready' },
      undefined,
    ]);
    expect(set.log.lines.join()).not.toContain('other components');
  });

  it('gives way to the components of now', async () => {
    const set = await setUpStored(['http']);
    await set.ready();
    await set.run(() => set.served.components.length === 1 && set.states['http'] === 'ready');
    await quiet(set);
    expect([set.states, set.ends]).toEqual([{ http: 'ready' }, 0]);
  });

  it('that cannot be started gives way, too, and nothing of it is shown', async () => {
    const set = await setUpStored(['http'], (process) =>
      process.startsWith('service:Inner') ? { ends: { code: 1, signal: null } } : {},
    );
    await set.ready();
    expect([set.outcomes, set.states]).toEqual([['start done'], { http: 'ready' }]);
    expect(set.served.problem).toBeUndefined();
  });

  it('that cannot be started, as that of now cannot, fails as that one', async () => {
    const set = await setUpStored(both, (process) =>
      process.startsWith('service:Inner') ? { ends: { code: 1, signal: null } } : {},
    );
    await set.ready();
    expect([set.outcomes, set.plans]).toEqual([['start crashed'], 1]);
    await expectNothingLeft(set);
  });
});

describe('a start', () => {
  /** Messages until it is ready. */
  const messages = async (isWarm: boolean): Promise<readonly string[]> => {
    const set = await setUp({ isWarm });
    set.start();
    const seen: string[] = [];
    for (;;) {
      const label = await set.next(() => set.has('start'));
      if (label === undefined) return seen;
      seen.push(label);
      await set.wire.deliver(label);
    }
  };

  type Interruption = 'stop' | 'cancel' | 'the host ends' | 'stop twice';
  const interrupt: Readonly<Record<Interruption, (set: ServedOnFakes) => void>> = {
    stop: (set) => set.stop(),
    cancel: (set) => set.cancel.abort(),
    'the host ends': ({ hosts }) => hosts.at(-1)?.die(),
    'stop twice': (set) => {
      set.stop();
      set.served.force();
      set.stop();
    },
  };

  it.each<[Interruption, 'new' | 'warm', string]>([
    ['stop', 'new', 'cancelled'],
    ['stop', 'warm', 'cancelled'],
    ['cancel', 'new', 'cancelled'],
    ['stop twice', 'new', 'cancelled'],
    ['the host ends', 'new', 'crashed'],
  ])(
    'leaves nothing behind when this comes after any message: %s, %s helper',
    async (what, helper, code) => {
      const isWarm = helper === 'warm';
      const all = await messages(isWarm);
      expect(all.length).toBeGreaterThan(10);
      for (let count = 0; count < all.length; count++) {
        const set = await setUp({ isWarm });
        set.start();
        for (let done = 0; done < count; done++) {
          const label = await set.next(() => set.has('start'));
          if (label !== undefined) await set.wire.deliver(label);
        }
        const isHelperThere = set.hosts.length > 0;
        interrupt[what](set);
        await set.run(() => set.has('start') && (set.ends > 0 || !set.served.stopping));
        // What ends before the helper is there does not concern the start.
        const isLost = what === 'the host ends' && !isHelperThere;
        if (!isLost) expect(set.outcomes).toContain(`start ${code}`);
        if (set.outcomes.includes('start done')) set.stop();
        await set.run(() => set.ends > 0);
        await expectNothingLeft(set);
      }
    },
    120_000,
  );
});

it('does not wait for an answer when it is stopped', async () => {
  const set = await setUp();
  set.confirm = () => new Promise(() => undefined);
  set.start();
  await set.run(
    () => set.plans > 0 && set.wire.labels.length === 0 && set.served.plan !== undefined,
  );
  set.stop();
  await set.run(() => set.ends > 0);
  expect(set.outcomes).toContain('start cancelled');
  await expectNothingLeft(set);
});

it('ends a helper that does not answer when it is stopped', async () => {
  const set = await setUp();
  set.start();
  for (;;) {
    const label = await set.next(() => set.has('start'));
    if (label === undefined) throw new Error('nothing was bound');
    if (label.startsWith('bind')) break;
    await set.wire.deliver(label);
  }
  set.wire.lose(set.wire.labels[0] ?? '');
  set.stop();
  await set.clock.pass(10_000);
  await set.run(() => set.ends > 0 && set.has('start'));
  expect(set.outcomes).toContain('start cancelled');
  await expectNothingLeft(set);
});

describe('a start that fails', () => {
  it.each<[string, ServedOnFakesOptions, string]>([
    [
      'because a worker ends',
      { program: (name) => (name === 'http#1' ? { ends: { code: 1, signal: null } } : {}) },
      'crashed',
    ],
    [
      'because the system refuses a worker',
      { program: (name) => (name === 'http#1' ? { refused: 'EAGAIN' } : {}) },
      'crashed',
    ],
    [
      'because there is no interpreter any more',
      { program: () => ({ refused: 'ENOENT' }) },
      'no-python',
    ],
  ])('%s ends everything, and says why', async (_, options, code) => {
    const set = await setUp(options);
    await set.ready();
    expect(set.outcomes).toEqual([`start ${code}`]);
    expect(set.served.problem?.code).toBe(code);
    await expectNothingLeft(set);
  });
});

it('writes why it did not start to the log of its API, with the detail', async () => {
  const set = await setUp();
  set.confirm = () =>
    Promise.reject(
      new ServeError({ code: 'import-failed', message: 'No module.', detail: 'Traceback\nError' }),
    );
  await set.ready();
  expect(set.outcomes).toEqual(['start import-failed']);
  expect(set.logged).toEqual(['http: not started: No module.', 'http: Traceback\nError\n']);
  await expectNothingLeft(set);
});

describe('a component', () => {
  it('is stopped and served alone', async () => {
    const set = await setUp();
    await set.ready();
    set.follow('stopComponent', set.served.stopComponent('http'));
    await set.run(() => set.has('stopComponent'));
    expect(set.states).toEqual({ 'service:Inner': 'ready', http: 'stopped' });
    set.follow('startComponent', set.served.startComponent('http', set.cancel.signal));
    await set.run(() => set.has('startComponent'));
    expect(set.states).toEqual({ 'service:Inner': 'ready', http: 'ready' });
  });

  it('is served with what it depends on', async () => {
    const set = await setUp();
    await set.ready();
    for (const id of ['http', 'service:Inner']) {
      set.follow(`stop:${id}`, set.served.stopComponent(id));
      await set.run(() => set.has(`stop:${id}`));
    }
    set.follow('startComponent', set.served.startComponent('http', set.cancel.signal));
    await set.run(() => set.has('startComponent'));
    expect(set.states).toEqual({ 'service:Inner': 'ready', http: 'ready' });
  });

  it.each(['startComponent', 'restartComponent', 'stopComponent'] as const)(
    'that is not there cannot be asked for: %s',
    async (request) => {
      const set = await setUp();
      await set.ready();
      set.follow('request', set.served[request]('grpc', set.cancel.signal));
      await set.run(() => set.has('request'));
      expect(set.outcomes).toContain('request not-found');
    },
  );

  it('is restarted with new workers while the old ones serve', async () => {
    const set = await setUp();
    await set.ready();
    set.follow('restart', set.served.restartComponent('http', set.cancel.signal));
    await set.run(() => set.has('restart'));
    expect(set.outcomes).toContain('restart done');
    expect(set.living).toEqual(['service:Inner#1', 'http#1@2']);
  });

  it.each(['startComponent', 'restartComponent'] as const)(
    'whose request is cancelled, or whose bento is stopped, says so and nothing else: %s',
    async (request) => {
      for (const how of ['cancel', 'stop'] as const) {
        const set = await setUp();
        await set.ready();
        set.follow('stopComponent', set.served.stopComponent('http'));
        await set.run(() => set.has('stopComponent'));
        const cancel = new AbortController();
        set.follow('request', set.served[request]('http', cancel.signal));
        if (how === 'cancel') cancel.abort();
        else set.stop();
        await set.run(() => set.has('request'));
        expect(set.outcomes).toContain('request cancelled');
      }
    },
  );

  it('is not started by a restart that a stop has overtaken', async () => {
    const set = await setUp({ program: () => ({ stubborn: true }) });
    await set.ready();
    set.follow('stopComponent', set.served.stopComponent('http'));
    await set.run(() => set.hosts[0]?.requests.includes('terminate http') === true);
    set.hosts[0]?.exit('http#1');
    await set.run(() => set.has('stopComponent'));
    set.follow('restart', set.served.restartComponent('http', set.cancel.signal));
    set.stop();
    // The other one takes its time to stop.
    await set.run(() => set.has('restart') && set.wire.labels.length === 0);
    expect(set.outcomes).toContain('restart cancelled');
    expect(set.states).toEqual({ 'service:Inner': 'stopping', http: 'stopped' });
    await set.clock.pass(20_000);
    await set.run(() => set.ends > 0);
    await expectNothingLeft(set);
  });
});

describe('a component that is debugged', () => {
  const debug = { debugpy: '/storage/debugpy', subProcess: true };

  it.each([
    ['workers', undefined],
    ['cli', 'notDebuggableCli'],
  ] as const)('says why it cannot be one: %s', async (launcher, key) => {
    const set = await setUp({ settings: { launcher } });
    await set.ready();
    expect(set.served.notDebuggable('http')?.key).toBe(key);
  });

  it('stays attached when another one cannot be, which is reported', async () => {
    const set = await setUp({
      program: (name) => (name === 'debugger#1' ? { refused: 'EAGAIN' } : {}),
    });
    await set.ready();
    const problems: (string | undefined)[] = [];
    set.served.debugger?.onDidFail(({ component }) => problems.push(component));
    set.follow('attach', set.served.attachDebugger(undefined, debug));
    await set.run(() => set.has('attach'));
    expect(set.outcomes).toContain('attach done');
    expect(problems).toHaveLength(1);
    expect(set.served.debugger?.workers).toHaveLength(1);
    expect(problems).not.toContain(set.served.debugger?.workers[0]?.component);
    const ids = ['http', 'service:Inner'];
    expect(ids.filter((id) => set.served.debugger?.isDebugging(id))).toHaveLength(1);
    set.follow('stopInner', set.served.stopComponent('service:Inner'));
    await set.run(() => set.has('stopInner'));
    // The workers that it will have are debugged.
    set.follow('later', set.served.attachDebugger('service:Inner', debug));
    await set.run(() => set.has('later'));
    expect(set.served.debugger?.isDebugging('service:Inner')).toBe(true);
    set.stop();
    await set.run(() => set.ends > 0);
    await expectNothingLeft(set);
  });

  it('is restarted without a wait for its grace period: the debugger lets go of the old worker', async () => {
    // A worker that is paused in the debugger ends only when it is let go of.
    const paused: { adapter: string | undefined } = { adapter: undefined };
    const set: ServedOnFakes = await setUp({
      program: (name) => ({
        stubborn: () =>
          name === 'service:Inner#1' &&
          paused.adapter !== undefined &&
          set.living.includes(paused.adapter),
      }),
    });
    await set.ready();
    set.follow('attach', set.served.attachDebugger('service:Inner', debug));
    await set.run(() => set.has('attach'));
    paused.adapter = 'debugger#1';
    const [worker] = set.served.debugger?.workers ?? [];
    set.served.debugger?.setPaused(worker?.socket ?? '', 'session', true);
    const cancel = new AbortController();
    set.follow('restart', set.served.restartComponent('service:Inner', cancel.signal));
    await set.run(() => set.has('restart'));
    expect(set.outcomes).toContain('restart done');
    expect(set.living).not.toContain('service:Inner#1');
    expect(set.living).not.toContain('debugger#1');
    expect(set.served.debugger?.isPaused).toBe(false);
    // The new worker is debugged, too.
    expect(set.served.debugger?.workers).toMatchObject([{ component: 'service:Inner' }]);
    set.stop();
    await set.run(() => set.ends > 0);
    await expectNothingLeft(set);
  });
});

describe('a stop', () => {
  it('lets go of all debugged workers first: what depends on a paused one could not finish', async () => {
    const set = await setUp({ program: (name) => ({ stubborn: name.startsWith('http') }) });
    await set.ready();
    const debug = { debugpy: '/storage/debugpy', subProcess: true };
    set.follow('attach', set.served.attachDebugger('service:Inner', debug));
    await set.run(() => set.has('attach'));
    expect(set.living).toContain('debugger#1');
    set.stop();
    await set.run(() => set.wire.labels.length === 0);
    expect(set.states).toEqual({ 'service:Inner': 'ready', http: 'stopping' });
    expect(set.living).not.toContain('debugger#1');
    expect(set.served.debugger?.isDebugging()).toBe(false);
    await set.clock.pass(40_000);
    await set.run(() => set.ends > 0);
    await expectNothingLeft(set);
  });
});

describe('a save', () => {
  /** Saves, and delivers messages until the condition holds. */
  const saveAnd = async (
    set: ServedOnFakes,
    name: string,
    text: string,
    until: () => boolean,
  ): Promise<void> => {
    set.save(name, text);
    set.served.filesChanged([set.path(name)]);
    await set.clock.pass(50);
    await set.run(until);
  };

  it('that changes which components there are serves the others, on the same ports', async () => {
    const set = await setUp();
    await set.ready();
    const { plan } = set;
    set.plan = { ...plan, components: plan.components.filter(({ id }) => id === 'http') };
    await saveAnd(set, 'service.py', 'second', () => set.served.components.length === 1);
    await set.run(() => set.states['http'] === 'ready' && set.wire.labels.length === 0);
    expect(set.states).toEqual({ http: 'ready' });
    expect(set.hosts[0]?.leases).toEqual(['http']);
    expect(set.served.problem).toBeUndefined();
  });

  const debug = { debugpy: '/storage/debugpy', subProcess: true };

  it('after Disconnect is not debugged, whatever components it changes to', async () => {
    const set = await setUp({ debug });
    await set.ready();
    expect(set.served.debugger?.isDebugging()).toBe(true);
    set.follow('detach', set.served.debugger?.detach() ?? Promise.resolve());
    await set.run(() => set.has('detach'));
    const { plan } = set;
    set.plan = { ...plan, components: plan.components.filter(({ id }) => id === 'http') };
    await saveAnd(set, 'service.py', 'second', () => set.served.components.length === 1);
    await set.run(() => set.states['http'] === 'ready' && set.wire.labels.length === 0);
    expect(set.served.debugger?.isDebugging()).toBe(false);
    expect(set.living.filter((name) => name.startsWith('debugger'))).toEqual([]);
  });

  it('that removes the only debugged component goes on without a debugger', async () => {
    const set = await setUp({ debug: { ...debug, components: ['service:Inner'] } });
    await set.ready();
    const { plan } = set;
    set.plan = { ...plan, components: plan.components.filter(({ id }) => id === 'http') };
    await saveAnd(set, 'service.py', 'second', () => set.served.components.length === 1);
    await set.run(() => set.states['http'] === 'ready' && set.wire.labels.length === 0);
    expect([set.ends, set.served.problem]).toEqual([0, undefined]);
    expect(set.served.debugger?.isDebugging()).toBe(false);
    expect(set.served.hasRaisedLimits).toBe(false);
  });

  it('that keeps a debugged component debugs it again', async () => {
    const set = await setUp({ debug });
    await set.ready();
    const { plan } = set;
    set.plan = { ...plan, components: plan.components.filter(({ id }) => id === 'http') };
    await saveAnd(set, 'service.py', 'second', () => set.served.components.length === 1);
    await set.run(() => set.states['http'] === 'ready' && set.wire.labels.length === 0);
    expect(set.served.debugger?.workers).toMatchObject([{ component: 'http' }]);
    expect(set.served.debugger?.isDebugging('service:Inner')).toBe(false);
    expect(set.served.hasRaisedLimits).toBe(true);
  });

  it('during the change to other components ends nothing, and is served after it', async () => {
    const set = await setUp();
    await set.ready();
    const { plan } = set;
    set.plan = { ...plan, components: plan.components.filter(({ id }) => id === 'http') };
    await saveAnd(set, 'service.py', 'second', () => set.served.components.length === 1);
    // The new components are being started now.
    expect(set.states['http']).not.toBe('ready');
    const { plans } = set;
    await saveAnd(set, 'service.py', 'third', () => set.plans > plans);
    await set.run(() => set.states['http'] === 'ready' && set.wire.labels.length === 0);
    await quiet(set);
    expect([set.ends, set.served.problem, set.served.stopping]).toEqual([0, undefined, false]);
    expect(set.states).toEqual({ http: 'ready' });
  });

  it('and a stop at any moment leave nothing behind', async () => {
    const run = async (count: number): Promise<boolean> => {
      const set = await setUp();
      await set.ready();
      const { plan } = set;
      set.plan = { ...plan, components: plan.components.filter(({ id }) => id === 'http') };
      set.save('service.py', 'second');
      set.served.filesChanged([set.path('service.py')]);
      await set.clock.pass(50);
      const isServed = (): boolean =>
        set.plans === 2 && set.served.components.length === 1 && set.states['http'] === 'ready';
      let delivered = 0;
      for (; delivered < count; delivered++) {
        const label = await set.next(isServed);
        if (label === undefined) break;
        await set.wire.deliver(label);
      }
      set.stop();
      await set.run(() => set.ends > 0);
      expect(set.outcomes).toContain('stop done');
      await settle();
      await expectNothingLeft(set);
      return delivered === count;
    };
    for (let count = 0; await run(count); count += 3);
  }, 120_000);
});
