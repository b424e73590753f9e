import { expect, it } from 'vitest';
import { debuggedPlan } from '../../../src/core/debug/debugged-plan';
import { notDebuggable } from '../../../src/core/debug/not-debuggable';
import { fillEnv } from '../../../src/core/plan/placeholders';
import { entry, inner, planned, planOf } from '../../support/plans';

const optionsOf = (plan: ReturnType<typeof debuggedPlan>, index: number) =>
  plan.components[index]?.processes[0]?.env['BENTOML_CONFIG_OPTIONS'];

it('raises the time limit of each class service, also where the service or the user has set one', () => {
  const named = planned({ id: 'service:my-own', kind: 'service', name: 'my-own' });
  const plan = debuggedPlan(planOf([named, entry]), [], {
    BENTOML_CONFIG_OPTIONS: 'services.traffic.timeout=3',
  });
  expect(optionsOf(plan, 0)).toBe(
    'services.traffic.timeout=3 services.traffic.timeout=86400 ' +
      'services."my-own".traffic.timeout=86400 services.Search.traffic.timeout=86400',
  );
  expect(optionsOf(plan, 1)).toBe(optionsOf(plan, 0));
});

it('raises those of a legacy service and its runners', () => {
  const runner = planned({ id: 'runner:upper', kind: 'runner', name: 'upper' });
  const plan = debuggedPlan(planOf([runner, entry], { generation: 'legacy' }), [], {});
  expect(optionsOf(plan, 0)).toBe(
    'runners.traffic.timeout=86400 api_server.traffic.timeout=86400 runners.upper.traffic.timeout=86400',
  );
});

it('keeps what the plan sets for a process, and dollar signs as they are', () => {
  const [process] = inner.processes;
  if (process === undefined) throw new Error('no process');
  const own = {
    ...inner,
    processes: [{ ...process, env: { BENTOML_CONFIG_OPTIONS: 'a=$(host)' } }],
  };
  const plan = debuggedPlan(planOf([own, entry]), [], { BENTOML_CONFIG_OPTIONS: 'b=$5' });
  expect(optionsOf(plan, 0)).toMatch(/^a=\$\(host\) services\.traffic/);
  const filled = fillEnv(plan.components[1]?.processes[0]?.env ?? {}, {
    ...{ metrics: '', addresses: new Map() },
  });
  expect(filled['BENTOML_CONFIG_OPTIONS']).toMatch(/^b=\$5 services/);
});

it('has one worker of what is debugged, and as many as before of the rest', () => {
  const many = (of: typeof inner) => ({
    ...of,
    processes: [
      ...of.processes.map((process) => ({ ...process, count: 4 })),
      ...of.processes.map((process) => ({ ...process, role: 'metrics' as const, count: 1 })),
    ],
  });
  const plan = debuggedPlan(planOf([many(inner), many(entry)]), [inner.id], {});
  expect(plan.components.map(({ processes }) => processes.map(({ count }) => count))).toEqual([
    [1, 1],
    [4, 1],
  ]);
});

it.each([
  [{}, 'workers', 'linux', undefined],
  [{}, 'workers', 'darwin', undefined],
  [{}, 'cli', 'linux', 'notDebuggableCli'],
  [{}, 'workers', 'win32', 'notDebuggableOnWindows'],
  [{ remote: 'tcp://10.0.0.1:3000' }, 'workers', 'linux', 'notDebuggableElsewhere'],
  [{ listens: 'http' }, 'workers', 'linux', 'notDebuggableProgram'],
  [{ listens: 'grpc' }, 'workers', 'linux', 'notDebuggableProgram'],
] as const)(
  '%j with the launcher %s on %s cannot be debugged: %s',
  (own, launcher, platform, key) => {
    expect(notDebuggable({ name: 'Search', ...own }, { launcher, platform })?.key).toBe(key);
  },
);
