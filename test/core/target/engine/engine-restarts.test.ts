import { describe, expect, it } from 'vitest';
import { problemOf } from '../../../../src/core/problem';
import {
  beingStopped,
  EngineRestarts,
  type RestartRequest,
} from '../../../../src/core/target/engine/engine-restarts';
import type { AppliedComponent } from '../../../../src/core/target/target';
import { applied, FakeApplied, worker } from '../../../support/fake-applied';
import { settle } from '../../../support/settle';

const since = 1_700_000_100_000;
const again = 1_700_000_200_000;
const { signal } = new AbortController();
const request = (component?: string): RestartRequest => ({
  ...{ component, reason: 'restarting', since },
});

/** An engine that answers a restart when the test says so. */
function setUp(stopsFirst = true): {
  readonly engine: FakeApplied;
  readonly restarts: EngineRestarts;
  readonly answers: (() => void)[];
  /** The states of the component and its workers, as people see them. */
  readonly seen: () => string;
} {
  const engine = new FakeApplied([applied(), applied({ id: 'runner:a' })]);
  const answers: (() => void)[] = [];
  engine.answer = () => new Promise((resolve) => answers.push(resolve));
  const restarts = new EngineRestarts(stopsFirst, () => undefined);
  const words = ({ state, workers }: AppliedComponent): string =>
    [state, ...workers.map((one) => one.state)].join(' ');
  const seen = (): string =>
    engine.state.components.map((one) => words(restarts.shown(one))).join(', ');
  return { engine, restarts, answers, seen };
}

const renewed = (state: AppliedComponent['state'], startedAt = again): AppliedComponent =>
  applied({ state, workers: [worker({ state, startedAt })] });

describe('a restart on an engine that stops a container first', () => {
  it('hides that the old container is ready from the request on, until the new one runs', async () => {
    const { engine, restarts, answers, seen } = setUp();
    const restarted = restarts.run(engine, request('http'), signal);
    expect(seen()).toBe('starting stopping, ready ready');
    await settle();
    expect(seen()).toBe('starting stopping, ready ready');
    expect(restarts.shown(applied())).toMatchObject({ reason: 'restarting', startedAt: since });
    engine.has(applied({ state: 'stopped' }));
    expect(seen()).toBe('starting stopped');
    engine.has(renewed('starting'));
    expect(seen()).toBe('starting starting');
    engine.has(renewed('ready'));
    expect(seen()).toBe('ready ready');
    answers[0]?.();
    await restarted;
    engine.has(renewed('unhealthy'));
    expect(seen()).toBe('unhealthy unhealthy');
  });

  it('shows a component without containers as starting', async () => {
    const { engine, restarts, seen } = setUp();
    void restarts.run(engine, request(), signal);
    await settle();
    engine.has(applied({ state: 'stopped', workers: [] }));
    expect(seen()).toBe('starting');
  });

  it('waits for an earlier one, whose containers are old as well', async () => {
    const { engine, restarts, answers, seen } = setUp();
    const first = restarts.run(engine, request(), signal);
    const second = restarts.run(engine, request('http'), signal);
    await settle();
    expect(engine.calls).toEqual(['restart all']);
    engine.has(renewed('ready'));
    expect(seen()).toBe('starting stopping');
    answers[0]?.();
    await first;
    await settle();
    expect(engine.calls).toEqual(['restart all', 'restart http']);
    expect(seen()).toBe('starting stopping');
    engine.has(renewed('ready', again + 1));
    expect(seen()).toBe('ready ready');
    answers[1]?.();
    await second;
    await restarts.ended();
  });

  it('that fails or is cancelled shows what the engine says, and lets the next one begin', async () => {
    const { engine, restarts, seen } = setUp();
    engine.answer = () => Promise.reject(new Error('It is silent.'));
    const cancel = new AbortController();
    const failed = restarts.run(engine, request('http'), signal);
    const cancelled = restarts.run(engine, request('http'), cancel.signal);
    cancel.abort();
    await expect(failed).rejects.toThrow('It is silent.');
    expect(problemOf(await cancelled.catch((error: unknown) => error)).code).toBe('cancelled');
    expect(engine.calls).toEqual(['restart http']);
    expect(seen()).toBe('ready ready, ready ready');
    engine.answer = () => Promise.resolve();
    await restarts.run(engine, request('http'), signal);
  });
});

describe('a restart on an engine that starts new pods first', () => {
  const pod = (name: string, state: AppliedComponent['state']): ReturnType<typeof worker> =>
    worker({ name, state });

  it('shows the pods as they are, and the component as starting until the old ones end', async () => {
    const { engine, restarts, seen } = setUp(false);
    engine.has(applied({ workers: [pod('old', 'ready')] }));
    void restarts.run(engine, request('http'), signal);
    await settle();
    expect(seen()).toBe('starting ready');
    engine.has(applied({ workers: [pod('old', 'ready'), pod('new', 'ready')] }));
    expect(seen()).toBe('starting ready ready');
    engine.has(applied({ workers: [pod('old', 'stopping'), pod('new', 'ready')] }));
    expect(seen()).toBe('ready stopping ready');
  });

  it('shows that the new pods fail', async () => {
    const { engine, restarts, seen } = setUp(false);
    engine.has(applied({ workers: [pod('old', 'ready')] }));
    void restarts.run(engine, request('http'), signal);
    await settle();
    engine.has(
      applied({ state: 'backingOff', workers: [pod('old', 'ready'), pod('new', 'backingOff')] }),
    );
    expect(seen()).toBe('backingOff ready backingOff');
  });
});

it('a component that is being stopped is no longer ready, and an ended one stays ended', () => {
  const workers = [worker({ state: 'unhealthy', reason: 'HTTP 503' }), worker({ state: 'failed' })];
  expect(beingStopped(applied({ workers }))).toMatchObject({
    state: 'stopping',
    workers: [{ state: 'stopping', reason: undefined }, { state: 'failed' }],
  });
  expect(beingStopped(applied({ state: 'stopped', workers: [] })).state).toBe('stopped');
});
