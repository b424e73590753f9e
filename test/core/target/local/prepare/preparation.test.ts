import { describe, expect, it } from 'vitest';
import { PlanCache } from '../../../../../src/core/plan/plan-cache';
import { forLog, type LogText } from '../../../../../src/core/log';
import type { Plan } from '../../../../../src/core/plan/plan';
import { problemOf } from '../../../../../src/core/problem';
import { defaultSettings } from '../../../../../src/core/settings/default-settings';
import type { ServeSettings } from '../../../../../src/core/settings/serve-settings';
import type { ProcessSpec } from '../../../../../src/core/target/local/helper/process-host';
import { stickyPorts } from '../../../../../src/core/target/local/ports/sticky-ports';
import { Preparation } from '../../../../../src/core/target/local/prepare/preparation';
import { serveParts } from '../../../../../src/core/target/local/serve-parts';
import type { ServeRuntime } from '../../../../../src/core/target/local/serve-runtime';
import type { ServeContext, ServeRequest } from '../../../../../src/core/target/serve-request';
import { discovered } from '../../../../support/bentos';
import { FakeProcessHost, HeldWire, type FakeProgram } from '../../../../support/fake-process-host';
import { ManualClock } from '../../../../support/manual-clock';
import { entry, inner, planned, planOf } from '../../../../support/plans';
import { quietLog } from '../../../../support/quiet-log';
import { settle } from '../../../../support/settle';
import { until } from '../../../../support/until';
import { textOf, type Message } from '../../../../../src/core/messages/message';

const grpcOfClasses = {
  code: 'grpc-unavailable',
  key: 'grpcOfClasses',
  args: { service: 'Search' },
};

interface Given {
  readonly settings?: Partial<ServeSettings>;
  /** What the planner does. Default: it says the plan. */
  readonly planner?: FakeProgram;
  /** When workers can be forked, or why not. Default: they can be. */
  readonly forkServer?: Promise<LogText | undefined>;
  /** When a planner can be forked. Default: when workers can be. */
  readonly canPlan?: Promise<boolean>;
  readonly lost?: string;
  /** Answers the question about addresses. */
  readonly confirm?: () => Promise<void>;
  readonly takenPorts?: ReadonlySet<number>;
  readonly plan?: Plan;
}

const line = ({ workingDir: _, ...plan }: Plan): string =>
  `${JSON.stringify({ type: 'plan', ...plan })}\n`;
const ends = { code: 0, signal: null };

type Set = ReturnType<typeof setUp>;

function setUp(given: Given = {}) {
  const { settings: own, forkServer = Promise.resolve(undefined), lost, takenPorts } = given;
  const { canPlan = forkServer.then((why) => why === undefined) } = given;
  const plan = given.plan ?? planOf([inner, entry], { sources: [] });
  const wire = new HeldWire();
  const clock = new ManualClock();
  const log = quietLog();
  const specs: ProcessSpec[] = [];
  const helper = new FakeProcessHost({
    wire,
    program: (spec) => {
      specs.push(spec);
      return given.planner ?? { writes: line(plan), ends };
    },
    ...(takenPorts === undefined ? {} : { takenPorts }),
  });
  const phases: string[] = [];
  const context = {
    ...{ clock, log, platform: 'linux', scripts: '/scripts', planCache: new PlanCache() },
    stickyPorts: stickyPorts({ get: () => undefined, update: () => Promise.resolve() }),
    confirmExposures: given.confirm ?? (() => Promise.resolve()),
    forwardedHosts: () => Promise.resolve([]),
  } as unknown as ServeContext;
  const settings = {
    ...{ ...defaultSettings, launcher: 'workers', runners: { Inner: { port: 3001 } } },
    http: { ...defaultSettings.http, port: 3000 },
    ...own,
  };
  const interpreter = {
    ...{ path: '/python', version: '3.12.1', bentomlVersion: '1.4.38', origin: 'the test' },
  };
  const request = {
    ...{ bento: discovered(), settings, interpreter, env: {}, fileVariables: {}, tls: {} },
    onPhase: (phase: Message) => phases.push(textOf(phase)),
  } as unknown as ServeRequest;
  const base = {
    ...{ helper, directory: '/run', stack: 'service', canPlan, forkServer },
    forkServerLost: () => lost,
  } as unknown as ServeRuntime;
  const parts = { ...serveParts(context, request), base, tls: new Map() };
  const preparation = new Preparation({
    ...parts,
    runtime: base,
  } as unknown as ConstructorParameters<typeof Preparation>[0]);
  const cancel = new AbortController();
  const spawned = (): readonly string[] =>
    helper.requests.filter((one) => one.startsWith('spawn '));
  /** Delivers everything until the work has ended. */
  const outcomeOf = async (work: Promise<unknown>): Promise<string> => {
    let outcome: string | undefined;
    work.then(
      () => (outcome = 'done'),
      (error: unknown) => (outcome = problemOf(error).code),
    );
    for (let turn = 0; turn < 5000 && outcome === undefined; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      await settle();
      await wire.deliverAll();
    }
    return outcome ?? 'pending';
  };
  const forked = (): readonly unknown[] => specs.map(({ fork }) => fork);
  return {
    preparation,
    cancel,
    helper,
    wire,
    clock,
    phases,
    plan,
    spawned,
    forked,
    outcomeOf,
    log,
  };
}

describe('a plan', () => {
  it('is what BentoML says, and is asked for once while its files are the same', async () => {
    const { preparation, cancel, outcomeOf, spawned, phases, plan } = setUp();
    let found: Plan | undefined;
    const planning = preparation.plan(cancel.signal).then((one) => (found = one));
    expect(await outcomeOf(planning)).toBe('done');
    expect(found?.components).toEqual(plan.components);
    expect(await outcomeOf(preparation.plan(cancel.signal))).toBe('done');
    expect(spawned()).toEqual(['spawn plan']);
    expect(phases).toEqual(['importing the service']);
  });

  it.each<[string, Given, string]>([
    [
      'that says why there is none',
      {
        planner: {
          writes: `${JSON.stringify({ type: 'problem', ...grpcOfClasses })}\n`,
          ends,
        },
      },
      'grpc-unavailable',
    ],
    ['that ends without a word', { planner: { ends: { code: 1, signal: null } } }, 'import-failed'],
    ['whose planner the system refuses', { planner: { refused: 'EAGAIN' } }, 'crashed'],
  ])('%s is none, and is asked for again', async (_, given, code) => {
    const { preparation, cancel, outcomeOf, spawned } = setUp(given);
    expect(await outcomeOf(preparation.plan(cancel.signal))).toBe(code);
    expect(await outcomeOf(preparation.plan(cancel.signal))).toBe(code);
    expect(spawned()).toHaveLength(2);
  });

  it('of a setting that this BentoML does not have is refused before anything is imported', async () => {
    const http = { ...defaultSettings.http, keepAliveTimeout: 5 };
    const { preparation, cancel, outcomeOf, spawned } = setUp({ settings: { http } });
    // 1.4 has it.
    expect(await outcomeOf(preparation.plan(cancel.signal))).toBe('done');
    expect(spawned()).toHaveLength(1);
  });

  it('that takes longer than a start may is given up, and what it started is ended', async () => {
    const { preparation, cancel, helper, wire, clock } = setUp({ planner: {} });
    let code = '';
    preparation.plan(cancel.signal).catch((error: unknown) => (code = problemOf(error).code));
    for (let turn = 0; turn < 200 && !helper.living.includes('plan'); turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      await wire.deliverAll();
    }
    await clock.pass(defaultSettings.startTimeout * 1000);
    await wire.deliverAll();
    await settle();
    await wire.deliverAll();
    expect([code, helper.living, clock.waiting]).toEqual(['start-timeout', [], 0]);
  });

  it('waits for a fork server that is being started, and goes on without one', async () => {
    const forkServer = Promise.resolve(forLog('torch cannot be preloaded'));
    const { preparation, cancel, outcomeOf, forked } = setUp({ forkServer });
    expect(await outcomeOf(preparation.plan(cancel.signal))).toBe('done');
    expect(forked()).toEqual([false]);
  });

  it('has the planner forked before workers can be, unless modules are imported before', async () => {
    const forkServer = new Promise<undefined>(() => undefined);
    const given = { forkServer, canPlan: Promise.resolve(true) };
    const { preparation, cancel, outcomeOf, forked } = setUp(given);
    expect(await outcomeOf(preparation.plan(cancel.signal))).toBe('done');
    expect(forked()).toEqual([true]);
    const waiting = setUp({ ...given, settings: { preload: ['torch'] } });
    expect(await waiting.outcomeOf(waiting.preparation.plan(waiting.cancel.signal))).toBe(
      'pending',
    );
    expect(waiting.spawned()).toEqual([]);
  });
});

it('refuses one port for HTTP and gRPC before anybody is asked or anything is leased', async () => {
  let asked = 0;
  const grpc = planned({ id: 'grpc', kind: 'grpc', name: 'grpc' });
  const plan = planOf([entry, grpc], { sources: [] });
  const { preparation, cancel, outcomeOf, helper } = setUp({
    plan,
    settings: { grpc: { ...defaultSettings.grpc, port: 3000 } },
    confirm: () => {
      asked += 1;
      return Promise.resolve();
    },
  });
  expect(await outcomeOf(preparation.assemble(plan, cancel.signal))).toBe('settings');
  expect(await outcomeOf(preparation.check(false, [], cancel.signal))).toBe('settings');
  expect([asked, helper.requests.filter((one) => one.startsWith('bind'))]).toEqual([0, []]);
});

describe('when it is cancelled', () => {
  it('before, nothing is asked of the helper', async () => {
    const { preparation, cancel, outcomeOf, helper } = setUp();
    cancel.abort();
    expect(await outcomeOf(preparation.plan(cancel.signal))).toBe('cancelled');
    expect(await outcomeOf(preparation.check(false, [], cancel.signal))).toBe('cancelled');
    expect(helper.requests).toEqual([]);
  });

  it('while the fork server is waited for, nothing is asked of the helper', async () => {
    const { preparation, cancel, outcomeOf, helper, clock } = setUp({
      forkServer: new Promise(() => undefined),
    });
    const planning = preparation.plan(cancel.signal);
    cancel.abort();
    expect(await outcomeOf(planning)).toBe('cancelled');
    expect(helper.requests).toEqual([]);
    await clock.pass(defaultSettings.startTimeout * 1000);
    expect([helper.requests, clock.waiting]).toEqual([[], 0]);
  });

  it.each([
    ['before the planner runs', 0],
    ['before it is known to run', 1],
    ['while it runs', 2],
  ])('%s, it is ended', async (_, delivered) => {
    const { preparation, cancel, outcomeOf, helper, wire, clock } = setUp({ planner: {} });
    const planning = preparation.plan(cancel.signal);
    for (let turn = 0; turn < 5000 && wire.labels.length === 0; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      await settle();
    }
    for (const label of ['spawn plan', 'spawn plan reply'].slice(0, delivered)) {
      await wire.deliver(label);
    }
    cancel.abort();
    expect(await outcomeOf(planning)).toBe('cancelled');
    await wire.deliverAll();
    expect([helper.living, clock.waiting]).toEqual([[], 0]);
  });

  it.each([
    ['cancelled', ({ cancel }: Set) => Promise.resolve(cancel.abort())],
    ['start-timeout', ({ clock }: Set) => clock.pass(defaultSettings.startTimeout * 1000)],
    ['crashed', () => Promise.resolve()],
  ])(
    'says %s if the planner is refused, as one that is ended before it is forked',
    async (code, end) => {
      const set = setUp({ planner: { refused: 'ESRCH' } });
      const planning = set.preparation.plan(set.cancel.signal);
      planning.catch(() => undefined);
      await until('the request', () => set.wire.labels.length > 0);
      await end(set);
      expect(await set.outcomeOf(planning)).toBe(code);
    },
  );

  it('while a question is open, no address is leased', async () => {
    const { preparation, cancel, outcomeOf, helper, plan } = setUp({
      confirm: () => new Promise(() => undefined),
    });
    const assembling = preparation.assemble(plan, cancel.signal);
    cancel.abort();
    expect(await outcomeOf(assembling)).toBe('cancelled');
    expect(helper.requests).toEqual([]);
  });
});

describe('a check beside what is served', () => {
  it('plans without a fork server that is another one’s, and looks at the ports', async () => {
    const { preparation, cancel, outcomeOf, helper } = setUp({
      forkServer: new Promise(() => undefined),
    });
    expect(await outcomeOf(preparation.check(false, [3000], cancel.signal))).toBe('done');
    expect(helper.requests.filter((one) => !one.startsWith('kill'))).toEqual([
      ...['spawn check', 'bind check service:Inner', 'release check service:Inner'],
    ]);
    expect(helper.leases).toEqual([]);
  });

  it('says that a configured port is taken', async () => {
    const { preparation, cancel, outcomeOf, helper } = setUp({ takenPorts: new Set([3000]) });
    expect(await outcomeOf(preparation.check(true, [], cancel.signal))).toBe('port-in-use');
    expect(helper.leases).toEqual([]);
  });

  it('says that an address is not wanted', async () => {
    const { preparation, cancel, outcomeOf, helper } = setUp({
      confirm: () => Promise.reject(new Error('no')),
    });
    expect(await outcomeOf(preparation.check(true, [], cancel.signal))).toBe('crashed');
    expect(helper.requests.some((one) => one.startsWith('bind'))).toBe(false);
  });

  it('keeps its plan for the serve', async () => {
    const { preparation, cancel, outcomeOf, spawned } = setUp();
    expect(await outcomeOf(preparation.check(true, [3000, 3001], cancel.signal))).toBe('done');
    expect(await outcomeOf(preparation.plan(cancel.signal))).toBe('done');
    expect(spawned()).toEqual(['spawn check']);
  });
});
