import { describe, expect, it } from 'vitest';
import type { Component } from '../../src/core/model';
import { ServeError } from '../../src/core/problem';
import { processesWith, servingOf } from '../support/processes';
import type { Harness } from '../support/harness';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';

const id = 'service.py:Search';
const everySecond = { interval: 0.5, timeout: 0.5 };

const harnesses = testHarness({ sharesHelpers: true });
let harness: Harness;

const setSearch = (settings: object): void => {
  harness = harnesses.set({
    python: harnesses.pythons['bentoml-1.4'],
    sample: 'samples/search',
    reference: 'service:Search',
    settings,
  });
};

const component = (wanted: string): Component => {
  const found = harness.registry.bentos[0]?.components.find((one) => one.id === wanted);
  if (found === undefined) throw new Error(`no component ${wanted}`);
  return found;
};

const untilState = (wanted: string, state: string, limitMs = 20_000) =>
  until(`${wanted} ${state}`, () => component(wanted).state === state || undefined, limitMs);

const failure = async (serving: Promise<unknown>): Promise<ServeError> => {
  const error: unknown = await serving.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ServeError)) throw new Error(`no ServeError but ${String(error)}`);
  return error;
};

describe.runIf(process.platform === 'linux')('with the arbiter of `bentoml start-…-server`', () => {
  it('its workers are ours to see: their pids, and the first one that is killed', async () => {
    setSearch({ launcher: 'cli' });
    await harness.registry.serve(id);
    const details = await until('the worker', () => {
      const seen = harness.registry.details(id, 'http');
      return seen?.workersAlive === 1 ? seen : undefined;
    });
    expect(details.workersWanted).toBe(1);
    const [arbiter, worker] = component('http').pids;
    expect(arbiter).toBeDefined();
    if (worker === undefined) throw new Error('No worker is shown.');
    process.kill(worker, 'SIGKILL');
    await until(
      'its absence',
      () => harness.registry.details(id, 'http')?.workersAlive === 0,
      1000,
    );
    // The arbiter of BentoML looks every ten seconds.
    await until('another', () => harness.registry.details(id, 'http')?.workersAlive === 1, 20_000);
    await untilState('http', 'ready');
    expect(component('http').pids).not.toContain(worker);
  });
});

describe.runIf(process.platform === 'linux')('a component that hangs', () => {
  const hang = (): void => {
    for (const pid of component('http').pids) process.kill(pid, 'SIGSTOP');
  };

  it('is restarted where the settings want it, which counts as a restart', async () => {
    setSearch({ health: { ...everySecond, onHang: 'restart' }, stopGracePeriod: 1 });
    await harness.registry.serve(id);
    const before = component('http').pids;
    hang();
    await until('the restart', () => component('http').restarts === 1);
    await untilState('http', 'ready');
    expect(component('http').pids).not.toEqual(before);
    expect(component('service:Embedder').restarts).toBe(0);
  });

  it('is left alone, without an alarm, while a debugger is at work', async () => {
    setSearch({ health: { ...everySecond, onHang: 'restart' }, stopGracePeriod: 1 });
    await harness.registry.serve(id);
    harness.debugging = true;
    hang();
    await untilState('http', 'unhealthy');
    expect(component('http').problem?.code).toBe('not-ready');
    expect(component('http').problem?.message).toContain('debugger');
    expect(component('http').restarts).toBe(0);
    for (const pid of component('http').pids) process.kill(pid, 'SIGCONT');
    await untilState('http', 'ready');
  });
});

describe.runIf(process.platform === 'linux')('impatience', () => {
  it('a stop during a restart is the last word', async () => {
    setSearch({});
    await harness.registry.serve(id);
    const restart = failure(harness.registry.restart(id));
    await harness.registry.stop(id);
    expect((await restart).code).toBe('cancelled');
    expect(harness.registry.bentos[0]?.state).toBe('stopped');
    expect(servingOf(processesWith(harness.mark))).toEqual([]);
  });
});
