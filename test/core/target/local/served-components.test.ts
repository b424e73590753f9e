import { describe, expect, it } from 'vitest';
import type { Launcher } from '../../../../src/core/plan/launcher';
import type { PlannedComponent } from '../../../../src/core/plan/plan';
import type { ComponentLog } from '../../../../src/core/logs/component-log';
import { problemOf } from '../../../../src/core/problem';
import { defaultSettings } from '../../../../src/core/settings/default-settings';
import type { PortAllocator } from '../../../../src/core/target/local/ports/port-allocator';
import type { AssembledComponent } from '../../../../src/core/target/local/prepare/assembled-component';
import { serveParts } from '../../../../src/core/target/local/serve-parts';
import { ServedComponents } from '../../../../src/core/target/local/served-components';
import { WorkerGroup } from '../../../../src/core/target/local/workers/worker-group';
import type { ServeContext, ServeRequest } from '../../../../src/core/target/serve-request';
import { discovered } from '../../../support/bentos';
import { FakeProcessHost, type FakeProgram } from '../../../support/fake-process-host';
import { ManualClock } from '../../../support/manual-clock';
import { planned } from '../../../support/plans';
import { quietLog } from '../../../support/quiet-log';
import { settle } from '../../../support/settle';
import { FakeProbe, refused } from '../../../support/supervised';
import { workerSpecs } from '../../../support/worker-specs';
import { textOf } from '../../../../src/core/messages/message';

const never = new AbortController().signal;
/** `base` is called by both `left` and `right`, which `top` calls. */
const diamond: Readonly<Record<string, readonly string[]>> = {
  ...{ base: [], left: ['base'], right: ['base'], top: ['left', 'right'] },
};

interface Options {
  readonly components?: Readonly<Record<string, readonly string[]>>;
  readonly launcher?: Launcher;
  readonly program?: (process: string) => FakeProgram;
  /** The ids of those that cannot be renewed. */
  readonly fixed?: readonly string[];
}

function setUp({ components = diamond, launcher = 'workers', program, fixed = [] }: Options = {}) {
  const clock = new ManualClock();
  const host = new FakeProcessHost({
    ...(program === undefined ? {} : { program: ({ process }) => program(process) }),
  });
  const probes = new Map(Object.keys(components).map((id) => [id, new FakeProbe()]));
  const context = {
    ...{ clock, log: quietLog(), platform: 'linux', random: () => 0.5, isDebugging: () => false },
  } as unknown as ServeContext;
  const log = {
    ...{ event: () => undefined, ended: () => undefined, output: { tail: () => '' } },
    recentOutput: { take: () => ({ all: '', streams: [] }) },
  } as unknown as ComponentLog;
  const request = {
    ...{ bento: discovered(), env: {}, interpreter: { path: '/python' }, logFor: () => log },
    settings: { ...defaultSettings, launcher },
  } as unknown as ServeRequest;
  const served = new ServedComponents(serveParts(context, request));
  const assembled = (own: PlannedComponent): AssembledComponent => ({
    planned: own,
    address: { kind: 'unix', path: `/${own.id}` },
    workers: new WorkerGroup({
      ...{ helper: host, id: own.id, specs: workerSpecs(`${own.id}#1`), wanted: 1 },
    }),
    resources: [],
    renewable: !fixed.includes(own.id),
    command: '',
    makeProbe: () => probes.get(own.id) ?? new FakeProbe(),
    beforeLaunch: () => Promise.resolve(),
    releasedAtLaunch: [],
  });
  for (const [id, dependsOn] of Object.entries(components)) {
    served.add(assembled(planned({ id, name: id, dependsOn })));
  }
  const seen = { anew: 0, changes: 0 };
  served.onDidServeAnew(() => (seen.anew += 1));
  served.onDidChange(() => (seen.changes += 1));
  const states = () =>
    Object.fromEntries(
      served.all.map(({ component, supervisor }) => [component.planned.id, supervisor.state]),
    );
  const spawned = (): readonly string[] =>
    host.requests.filter((one) => one.startsWith('spawn ')).map((one) => one.slice(6));
  return { clock, host, probes, served, seen, states, spawned };
}

type SetUp = ReturnType<typeof setUp>;

async function ready(options: Options = {}): Promise<SetUp> {
  const set = setUp(options);
  const launched = set.served.launch(undefined, never);
  await set.clock.pass(5000);
  await launched;
  set.served.started();
  return set;
}

const allReady = { base: 'ready', left: 'ready', right: 'ready', top: 'ready' };

function outcomeOf(work: Promise<unknown>): () => string {
  let outcome = 'pending';
  work.then(
    () => (outcome = 'done'),
    (error: unknown) => (outcome = problemOf(error).code),
  );
  return () => outcome;
}

describe('a launch', () => {
  it('starts all at once with the launcher workers, and is over when all are ready', async () => {
    const set = setUp();
    const phases: string[] = [];
    const outcome = outcomeOf(
      set.served.launch(undefined, never, (phase) => phases.push(textOf(phase))),
    );
    await settle();
    expect(set.spawned()).toEqual(['base#1', 'left#1', 'right#1', 'top#1']);
    set.probes.forEach((probe, id) => (probe.answer = id === 'left' ? refused : probe.answer));
    await set.clock.pass(2000);
    expect(outcome()).toBe('pending');
    expect(set.states()).toEqual({ ...allReady, left: 'starting', top: 'starting' });
    for (const probe of set.probes.values()) probe.answer = { outcome: 'ok', latencyMs: 1 };
    await set.clock.pass(2000);
    expect([outcome(), set.states()]).toEqual(['done', allReady]);
    expect([phases[0], phases.at(-1)]).toEqual(['starting 1 of 4', 'starting 4 of 4']);
  });

  it('starts them in order with the launcher cli', async () => {
    const set = setUp({ launcher: 'cli' });
    const launched = set.served.launch(undefined, never);
    await settle();
    expect(set.spawned()).toEqual(['base#1']);
    await set.clock.pass(150);
    expect(set.spawned()).toEqual(['base#1', 'left#1', 'right#1']);
    await set.clock.pass(5000);
    await launched;
    expect(set.states()).toEqual(allReady);
  });

  it('of one component starts it with all it depends on, and nothing else', async () => {
    const set = setUp();
    const launched = set.served.launch('left', never);
    await set.clock.pass(2000);
    await launched;
    expect(set.states()).toEqual({
      ...{ base: 'ready', left: 'ready', right: 'stopped', top: 'stopped' },
    });
  });

  it('of one that is not there is refused, and starts nothing', async () => {
    const set = setUp();
    await expect(set.served.launch('other', never)).rejects.toMatchObject({ code: 'not-found' });
    expect(set.spawned()).toEqual([]);
  });

  it('leaves alone what is ready', async () => {
    const set = await ready();
    await set.served.launch(undefined, never);
    expect(set.spawned()).toHaveLength(4);
  });

  it.each<Launcher>(['workers', 'cli'])(
    'that was cancelled before starts nothing, and says that it was: %s',
    async (launcher) => {
      const set = setUp({ launcher });
      await expect(set.served.launch(undefined, AbortSignal.abort())).rejects.toMatchObject({
        code: 'cancelled',
      });
      expect(set.spawned()).toEqual([]);
    },
  );

  it('that is cancelled in between starts no more of them', async () => {
    const set = setUp({ launcher: 'cli' });
    const cancel = new AbortController();
    const outcome = outcomeOf(set.served.launch(undefined, cancel.signal));
    await settle();
    cancel.abort();
    await set.clock.pass(5000);
    expect([outcome(), set.spawned()]).toEqual(['cancelled', ['base#1']]);
  });

  it('fails with the first of them, whose crash is told before that of others', async () => {
    const set = setUp({
      program: (process) => (process === 'base#1' ? { ends: { code: 3, signal: null } } : {}),
    });
    const outcome = outcomeOf(set.served.launch(undefined, never));
    await set.clock.pass(5000);
    expect(outcome()).toBe('crashed');
    expect(set.served.firstCrash).toMatchObject({ code: 'crashed', component: 'base' });
  });
});

describe('the first crash', () => {
  it('is none of those that ended because they were stopped', async () => {
    const set = setUp();
    void set.served.launch(undefined, never).catch(() => undefined);
    await settle();
    await set.served.stop();
    expect(set.served.firstCrash).toBeUndefined();
  });

  it('is none once the start is over', async () => {
    const set = await ready();
    set.host.exit('base#1');
    await settle();
    expect(set.served.firstCrash).toBeUndefined();
  });
});

describe('a component that is not ready', () => {
  it('is a reason why those that depend on it are not ready, until it is', async () => {
    const set = await ready();
    await set.served.get('base').supervisor.stop();
    await set.clock.pass(1000);
    expect(set.states()).toEqual({
      ...{ base: 'stopped', left: 'unhealthy', right: 'unhealthy', top: 'unhealthy' },
    });
    expect(set.served.get('left').supervisor.problem?.message).toBe(
      'left waits for base, which is stopped.',
    );
    set.served.get('base').supervisor.start();
    await set.clock.pass(5000);
    expect(set.states()).toEqual(allReady);
  });

  it('tells when it is ready with new workers, and only then', async () => {
    const set = await ready();
    set.seen.anew = 0;
    set.probes.forEach((probe) => (probe.answer = refused));
    await set.clock.pass(6000);
    set.probes.forEach((probe) => (probe.answer = { outcome: 'ok', latencyMs: 1 }));
    await set.clock.pass(6000);
    expect(set.seen.anew).toBe(0);
    set.host.exit('top#1');
    await set.clock.pass(6000);
    expect(set.seen.anew).toBe(1);
  });

  it('has run since the oldest of its processes was started', async () => {
    const set = await ready();
    const { runningSince } = set.served.get('top');
    expect(runningSince()).toBe(0);
    set.host.exit('top#1');
    await settle();
    expect(runningSince()).toBeUndefined();
    await set.clock.pass(1500);
    expect(runningSince()).toBe(6000);
  });
});

describe('a stop', () => {
  it('ends dependents first', async () => {
    const set = await ready();
    set.host.requests.length = 0;
    await set.served.stop();
    const asked = set.host.requests.filter((one) => one.startsWith('terminate'));
    expect(asked).toEqual(['terminate top', 'terminate left', 'terminate right', 'terminate base']);
    expect([set.host.living, set.clock.waiting]).toEqual([[], 0]);
  });

  it('waits for each wave, and not for what has failed', async () => {
    const set = await ready({ program: (process) => ({ stubborn: process === 'top#1' }) });
    const outcome = outcomeOf(set.served.stop());
    await settle();
    expect(set.host.requests).not.toContain('terminate base');
    await set.clock.pass(defaultSettings.stopGracePeriod * 1000);
    expect([outcome(), set.host.living]).toEqual(['done', []]);
  });

  it('is forced for all that is being stopped', async () => {
    const set = await ready({ program: () => ({ stubborn: true }) });
    const outcome = outcomeOf(set.served.stop());
    await settle();
    for (let wave = 0; wave < 3; wave++) {
      set.served.force();
      await settle();
    }
    expect([outcome(), set.host.living, set.clock.waiting]).toEqual(['done', [], 0]);
  });

  it('for others that will serve from its sockets asks for a hand-over', async () => {
    const set = await ready();
    await set.served.handOver();
    expect(set.host.requests.filter((one) => one.startsWith('retire'))).toHaveLength(4);
    expect(set.host.living).toEqual([]);
  });
});

describe('new workers', () => {
  it.each<[string, (set: SetUp) => Promise<void>, boolean]>([
    ['can be had where it is ready', () => Promise.resolve(), true],
    ['cannot be had where it is stopped', (set) => set.served.get('top').supervisor.stop(), false],
    [
      'cannot be had where it is not well',
      async (set) => {
        set.probes.forEach((probe) => (probe.answer = refused));
        await set.clock.pass(6000);
      },
      false,
    ],
  ])('%s', async (_, act, can) => {
    const set = await ready({ fixed: ['left'] });
    await act(set);
    expect([set.served.canRenew('top'), set.served.canRenew('left')]).toEqual([can, false]);
  });

  it('serve for all of them, or for none', async () => {
    const set = await ready({ program: (process) => ({ accepts: process !== 'right#1@2' }) });
    const cancel = new AbortController();
    const outcome = outcomeOf(set.served.renew(['left', 'right'], cancel.signal));
    await set.clock.pass(1000);
    expect(outcome()).toBe('pending');
    set.host.exit('right#1@2', { code: 1, signal: null });
    await set.clock.pass(5000);
    expect(outcome()).toBe('crashed');
    expect(set.host.living).toEqual(['base#1', 'left#1', 'right#1', 'top#1']);
    expect(set.states()).toEqual(allReady);
  });

  it('of a component that is not there are refused before any is started', async () => {
    const set = await ready();
    await expect(set.served.renew(['left', 'other'], never)).rejects.toMatchObject({
      code: 'not-found',
    });
    await set.clock.pass(1000);
    expect(set.host.living).toEqual(['base#1', 'left#1', 'right#1', 'top#1']);
  });
});

it('restarts what runs, and leaves stopped what is stopped', async () => {
  const set = await ready();
  await set.served.get('top').supervisor.stop();
  set.host.requests.length = 0;
  set.served.restart(['left', 'top']);
  await set.clock.pass(5000);
  expect(set.spawned()).toEqual(['left#1']);
  expect(set.states()).toEqual({ ...allReady, top: 'stopped' });
});

it('lets go of private sockets and forgets everything when it is cleared', async () => {
  const set = await ready();
  await set.served.stop();
  const allocator = { holds: (id: string) => id === 'top' } as unknown as PortAllocator;
  await set.served.clear(set.host, allocator);
  expect(set.host.requests.filter((one) => one.startsWith('release'))).toEqual([
    ...['release base', 'release left', 'release right'],
  ]);
  expect([set.served.all, set.served.has('top'), set.served.firstCrash]).toEqual([
    [],
    false,
    undefined,
  ]);
});
