import { describe, expect, it } from 'vitest';
import { say } from '../../../../src/core/messages/message';
import type { ComponentState } from '../../../../src/core/model';
import { engineComponent } from '../../../../src/core/target/engine/engine-component';
import { unknownProblem } from '../../../../src/core/target/engine/unknown-problem';
import type { AppliedComponent, AppliedState } from '../../../../src/core/target/target';
import { applied, worker } from '../../../support/fake-applied';
import { hostileTexts } from '../../../support/hostile-texts';

const snapshot = (
  values: Partial<AppliedComponent>,
  unknown?: AppliedState['unknown'],
): ReturnType<typeof engineComponent>['snapshot'] =>
  engineComponent(applied(values), unknown && unknownProblem(unknown), 'Search').snapshot;

it.each([
  ['http', 'http', 'Search'],
  ['grpc', 'grpc', 'Search'],
  ['runner:upper', 'runner', 'upper'],
  ['service:Embedder', 'service', 'Embedder'],
  ['service:a:b', 'service', 'a:b'],
  // What another version has applied is shown as it is called.
  ['runner:', 'runner', 'runner:'],
  ['gateway', 'service', 'gateway'],
  ['', 'service', ''],
  ['__proto__', 'service', '__proto__'],
] as const)('%j is a component of the kind %s with the name %s', (id, kind, name) => {
  expect(snapshot({ id })).toMatchObject({ id, kind, name });
});

describe('an address', () => {
  it('that browsers open is a URL, with brackets for IPv6', () => {
    expect(snapshot({ address: 'http://[::1]:3000' })).toMatchObject({
      ...{ host: '::1', port: 3000, url: 'http://[::1]:3000' },
    });
  });

  it('of gRPC is a host and a port', () => {
    const found = snapshot({ id: 'grpc', address: 'grpc://127.0.0.1:50051' });
    expect(found).toMatchObject({ host: '127.0.0.1', port: 50051 });
    expect(found).not.toHaveProperty('url');
  });

  it.each(['', 'grpc://127.0.0.1', 'nonsense', 'http://', ...hostileTexts])(
    'of another form (%j) is not shown, and breaks nothing',
    (address) => {
      const found = snapshot({ address });
      expect(found.state).toBe('ready');
      for (const field of ['host', 'port', 'url']) expect(found).not.toHaveProperty(field);
    },
  );
});

it('counts restarts and workers, and is up since its oldest worker', () => {
  const workers = [
    worker({ restarts: 2, startedAt: 200 }),
    worker({ name: 'b', restarts: 1, startedAt: 100, node: 'node-7' }),
    worker({ name: 'c', state: 'starting' }),
  ];
  const { snapshot: found, details } = engineComponent(applied({ workers }), undefined, 'Search');
  expect(found).toMatchObject({ restarts: 3, startedAt: 100, pids: [] });
  expect(found.workers?.[1]).toMatchObject({ name: 'b', node: 'node-7', restarts: 1 });
  expect(details).toMatchObject({ workersWanted: 3, workersAlive: 2 });
});

it('says what a component waits for', () => {
  const reason = say('containerCreated');
  const { details, snapshot: found } = engineComponent(
    applied({ state: 'starting', reason }),
    undefined,
    'Search',
  );
  expect(details.waitingFor).toBe(reason);
  expect(found).not.toHaveProperty('problem');
});

it.each([
  ['failed', 'crashed', 'Search has stopped (killed: out of memory). See its log.'],
  ['backingOff', 'crashed', 'Search has stopped (killed: out of memory). See its log.'],
  [
    'ready',
    'engine-unreachable',
    'Search is ready, but not reached from this machine: killed: out of memory.',
  ],
  ['unhealthy', 'not-ready', 'Search is not ready (killed: out of memory).'],
] as const)('%s is a problem with its reason', (state, code, message) => {
  const reason = say('containerOutOfMemory');
  const found = snapshot({ state, reason });
  expect(found.problem).toMatchObject({ code, message, summary: 'killed: out of memory' });
  expect(found.workers?.[0]?.problem).toMatchObject({ code });
});

const states: readonly ComponentState[] = [
  ...(['stopped', 'starting', 'ready', 'unhealthy'] as const),
  ...(['backingOff', 'stopping', 'failed'] as const),
];

it.each(states)('an engine that does not answer makes %s unknown, never ready', (state) => {
  const problem = { code: 'engine-unreachable', message: 'The engine is not running.' } as const;
  const found = snapshot({ state }, { since: Date.UTC(2026, 0, 2, 3, 4), problem });
  expect(found.state).toBe(state === 'stopped' ? 'stopped' : 'unhealthy');
  expect(found.workers?.every((one) => one.state !== 'ready')).toBe(true);
  expect(found.problem?.message).toMatch(
    /^The state has been unknown since \d\d:\d\d\. The engine is not running\.$/,
  );
  expect(found.problem?.code).toBe('engine-unreachable');
});

it('can be read by others, but not changed', () => {
  const found = snapshot({});
  expect(Object.isFrozen(found)).toBe(true);
  expect(Object.isFrozen(found.workers)).toBe(true);
  expect(Object.isFrozen(found.workers?.[0])).toBe(true);
});
