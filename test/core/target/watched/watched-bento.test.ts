import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../../../src/core/health/probe';
import type { ComponentLog } from '../../../../src/core/logs/component-log';
import type { ComponentState } from '../../../../src/core/model';
import { problemOf } from '../../../../src/core/problem';
import { defaultSettings } from '../../../../src/core/settings/default-settings';
import { remoteComponent } from '../../../../src/core/target/local/prepare/remote-component';
import type { ServeContext } from '../../../../src/core/target/serve-request';
import { WatchedBento } from '../../../../src/core/target/watched/watched-bento';
import { discovered } from '../../../support/bentos';
import { ManualClock } from '../../../support/manual-clock';
import { checkAsync } from '../../../support/properties';
import { settle } from '../../../support/settle';
import { FakeProbe, ok, refused, silent } from '../../../support/supervised';

const first = 'http://one.example:3000';
const second = 'grpc://two.example:3001';
const idOf = (address: string): string => `service:${address}`;

function setUp(addresses: readonly string[] | null = [first, second]) {
  const clock = new ManualClock();
  const probes = new Map<string, FakeProbe>();
  const context = {
    ...{ clock, processEnv: {}, random: () => 0.5, isDebugging: () => false },
    loadHealthClient: () => Promise.reject(new Error('no gRPC here')),
  } as unknown as ServeContext;
  const log = { event: () => undefined, output: { tail: () => '' } } as unknown as ComponentLog;
  const request = {
    bento: discovered(addresses === null ? {} : { addresses }),
    ...{ settings: defaultSettings, logFor: () => log },
  };
  const watched = new WatchedBento(context, request, (planned, remote, env) => ({
    ...remoteComponent(planned, remote, env),
    makeProbe: () => {
      const probe = probes.get(remote) ?? new FakeProbe();
      probes.set(remote, probe);
      return probe;
    },
  }));
  for (const address of addresses ?? []) probes.set(address, new FakeProbe());
  const seen = { ends: 0, changes: 0 };
  watched.onDidEnd(() => (seen.ends += 1));
  watched.onDidChange(() => (seen.changes += 1));
  const outcomes: string[] = [];
  const follow = (name: string, work: Promise<unknown>): void => {
    work.then(
      () => outcomes.push(`${name} done`),
      (error: unknown) => outcomes.push(`${name} ${problemOf(error).code}`),
    );
  };
  const probe = (address: string): FakeProbe => {
    const found = probes.get(address);
    if (found === undefined) throw new Error(`no probe of ${address}`);
    return found;
  };
  const states = (): readonly ComponentState[] =>
    watched.components.map(({ snapshot }) => snapshot.state);
  return { clock, watched, seen, outcomes, follow, probe, states };
}

type SetUp = ReturnType<typeof setUp>;

async function watching(): Promise<SetUp> {
  const set = setUp();
  set.follow('start', set.watched.start(new AbortController().signal));
  await set.clock.pass(10_000);
  expect(set.outcomes).toEqual(['start done']);
  set.outcomes.length = 0;
  return set;
}

describe('the start', () => {
  it.each<[string, ProbeResult, readonly ComponentState[]]>([
    ['that it is ready', ok, ['ready', 'ready']],
    ['that it is not ready', refused, ['ready', 'unhealthy']],
    ['nothing', silent, ['ready', 'unhealthy']],
  ])(
    'is over when each address has answered, whatever it has answered: %s',
    async (_, answer, states) => {
      const set = setUp();
      set.probe(second).answer = answer;
      set.follow('start', set.watched.start(new AbortController().signal));
      expect(set.watched.wasReady).toBe(false);
      await set.clock.pass(10_000);
      expect([set.outcomes, set.states()]).toEqual([['start done'], states]);
      expect([set.watched.wasReady, set.watched.problem]).toEqual([true, undefined]);
    },
  );

  it('is over at once where there is no address', async () => {
    const set = setUp(null);
    await set.watched.start(new AbortController().signal);
    expect(set.watched.components).toEqual([]);
    await set.watched.stop();
    expect(set.seen.ends).toBe(1);
  });

  /** Where it can be waiting. */
  const places: readonly (readonly [string, (set: SetUp) => Promise<void>])[] = [
    ['before anything is asked', () => Promise.resolve()],
    ['before the first answer', ({ clock }) => clock.pass(50)],
    [
      'between two answers',
      async ({ clock, probe }) => {
        probe(second).delay = () => new Promise(() => undefined);
        await clock.pass(200);
      },
    ],
  ];
  describe.each(places)('%s', (_, reach) => {
    it.each([
      ['cancelled', (_set: SetUp, cancel: AbortController) => Promise.resolve(cancel.abort())],
      ['stopped', (set: SetUp) => set.watched.stop()],
    ] as const)('ends when it is %s', async (__, act) => {
      const set = setUp();
      const cancel = new AbortController();
      set.follow('start', set.watched.start(cancel.signal));
      await reach(set);
      await act(set, cancel);
      await settle();
      expect(set.outcomes).toEqual(['start cancelled']);
      expect([set.seen.ends, set.states(), set.clock.waiting]).toEqual([
        1,
        ['stopped', 'stopped'],
        0,
      ]);
      expect([set.watched.stopping, set.watched.wasReady]).toEqual([true, false]);
    });
  });

  it('asks nobody when it was cancelled before', async () => {
    const set = setUp();
    set.follow('start', set.watched.start(AbortSignal.abort()));
    await settle();
    expect([set.outcomes, set.seen.ends]).toEqual([['start cancelled'], 1]);
  });
});

describe('one address', () => {
  type Request = 'startComponent' | 'restartComponent' | 'stopComponent';
  const never = new AbortController().signal;
  const requests: Readonly<Record<Request, (set: SetUp, id: string) => Promise<void>>> = {
    startComponent: ({ watched }, id) => watched.startComponent(id, never),
    restartComponent: ({ watched }, id) => watched.restartComponent(id, never),
    stopComponent: ({ watched }, id) => watched.stopComponent(id),
  };
  const reach: Readonly<Record<'ready' | 'unhealthy' | 'stopped', (set: SetUp) => Promise<void>>> =
    {
      ready: () => Promise.resolve(),
      unhealthy: async (set) => {
        set.probe(first).answer = refused;
        await set.clock.pass(10_000);
      },
      stopped: (set) => set.watched.stopComponent(idOf(first)),
    };
  const table: readonly (readonly [keyof typeof reach, Request, ComponentState])[] = [
    ['ready', 'startComponent', 'ready'],
    ['ready', 'restartComponent', 'ready'],
    ['ready', 'stopComponent', 'stopped'],
    ['unhealthy', 'startComponent', 'unhealthy'],
    ['unhealthy', 'restartComponent', 'unhealthy'],
    ['unhealthy', 'stopComponent', 'stopped'],
    ['stopped', 'startComponent', 'ready'],
    ['stopped', 'restartComponent', 'ready'],
    ['stopped', 'stopComponent', 'stopped'],
  ];
  it.each(table)('that is %s, then %s: %s; the other goes on', async (from, request, to) => {
    const set = await watching();
    await reach[from](set);
    expect(set.states()[0]).toBe(from);
    set.follow('request', requests[request](set, idOf(first)));
    await set.clock.pass(10_000);
    expect([set.outcomes, set.states()]).toEqual([['request done'], [to, 'ready']]);
  });

  it.each(Object.entries(requests))(
    'that is not there cannot be asked for: %s',
    async (_, request) => {
      const set = await watching();
      set.follow('request', request(set, 'http'));
      await settle();
      expect(set.outcomes).toEqual(['request not-found']);
    },
  );

  it.each(['startComponent', 'restartComponent'] as const)(
    'is not asked any more once all are stopped: %s',
    async (request) => {
      const set = await watching();
      await set.watched.stop();
      set.follow('request', requests[request](set, idOf(first)));
      await settle();
      expect([set.outcomes, set.states(), set.clock.waiting]).toEqual([
        ['request cancelled'],
        ['stopped', 'stopped'],
        0,
      ]);
    },
  );

  it('is asked at its interval only, as nobody started it here', async () => {
    const set = setUp();
    const times: number[] = [];
    set.probe(first).answer = refused;
    set.probe(first).delay = () => Promise.resolve(times.push(set.clock.now()));
    set.follow('start', set.watched.start(never));
    await set.clock.pass(21_000);
    const [begin = 0, ...others] = times;
    expect(others.map((time) => time - begin)).toEqual(
      others.map((_, index) => (index + 1) * defaultSettings.health.interval * 1000),
    );
  });

  it('is said to be well again as soon as it answers', async () => {
    const set = await watching();
    set.probe(first).answer = silent;
    await set.clock.pass(60_000);
    expect(set.states()).toEqual(['unhealthy', 'ready']);
    expect(set.watched.components[0]?.snapshot.problem?.code).toBe('unresponsive');
    set.probe(first).answer = ok;
    await set.clock.pass(10_000);
    expect(set.states()).toEqual(['ready', 'ready']);
  });
});

it('ends once, however often it is stopped, and tells of nothing after it', async () => {
  const set = await watching();
  await Promise.all([set.watched.stop(), set.watched.stop()]);
  set.watched.force();
  await set.watched.stop();
  const { changes } = set.seen;
  await set.clock.pass(60_000);
  expect([set.seen.ends, set.seen.changes, set.clock.waiting]).toEqual([1, changes, 0]);
});

it('has nothing that a save, a setting or another start could change', async () => {
  const { watched } = await watching();
  watched.filesChanged();
  await watched.check();
  await watched.retryReload();
  expect([watched.settingsFilesChanged, watched.plan, watched.warnings]).toEqual([
    false,
    undefined,
    [],
  ]);
});

it('has no timer and no state but stopped after a stop, in any order of requests and answers', async () => {
  const acts = [
    'start',
    'restart',
    'stopOne',
    'cancel',
    'ok',
    'refused',
    'silent',
    'hold',
  ] as const;
  type Act = (typeof acts)[number] | number;
  const act = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<Act>(...acts) },
    { weight: 2, arbitrary: fc.constantFrom<Act>(10, 200, 1500, 6000) },
  );
  await checkAsync(
    fc.asyncProperty(fc.array(act, { maxLength: 30, size: 'max' }), fc.nat(), async (all, at) => {
      const set = setUp();
      let cancel = new AbortController();
      set.follow('all', set.watched.start(cancel.signal));
      for (const [index, one] of all.entries()) {
        const address = (index + at) % 2 === 0 ? first : second;
        const { watched } = set;
        if (typeof one === 'number') await set.clock.pass(one);
        else if (one === 'start')
          set.follow(one, watched.startComponent(idOf(address), cancel.signal));
        else if (one === 'restart') {
          set.follow(one, watched.restartComponent(idOf(address), cancel.signal));
        } else if (one === 'stopOne') set.follow(one, watched.stopComponent(idOf(address)));
        else if (one === 'cancel') {
          cancel.abort();
          cancel = new AbortController();
        } else if (one === 'hold') set.probe(address).delay = () => new Promise(() => undefined);
        else {
          set.probe(address).delay = () => Promise.resolve();
          set.probe(address).answer = { ok, refused, silent }[one];
        }
        await settle();
        expect(set.states().every((state) => !['backingOff', 'failed'].includes(state))).toBe(true);
      }
      await set.watched.stop();
      await settle();
      expect([set.states(), set.clock.waiting, set.seen.ends]).toEqual([
        ['stopped', 'stopped'],
        0,
        1,
      ]);
      const asked =
        1 + all.filter((one) => ['start', 'restart', 'stopOne'].includes(String(one))).length;
      expect(set.outcomes).toHaveLength(asked);
    }),
    100,
  );
});
