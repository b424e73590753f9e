import { describe, expect, it } from 'vitest';
import type { Health } from '../../../../../src/core/health/health-monitor';
import { LaunchAttempt } from '../../../../../src/core/target/local/supervise/launch-attempt';
import { ManualClock } from '../../../../support/manual-clock';
import { settle } from '../../../../support/settle';
import { FakeProbe } from '../../../../support/supervised';

const timings = { intervalMs: 5000, timeoutMs: 1000, failureThreshold: 3 };
const begin = () => {
  const clock = new ManualClock();
  clock.jump(500);
  return { clock, attempt: new LaunchAttempt(clock, timings) };
};

it('knows when it began', async () => {
  const { clock, attempt } = begin();
  expect(attempt.startedAt).toBe(clock.date());
  await clock.pass(1200);
  expect(attempt.age).toBe(1200);
});

it.each<[string, Health | undefined, number | undefined]>([
  ['no verdict', undefined, undefined],
  ['not ready', { status: 'notReady', reason: 'it loads a model' }, undefined],
  ['unresponsive', { status: 'unresponsive', reason: 'no answer' }, undefined],
  ['ready, before it was measured', { status: 'ready' }, undefined],
  ['ready in no time', { status: 'ready', latencyMs: 0.2 }, 1],
  ['ready', { status: 'ready', latencyMs: 12.6 }, 13],
])('shows the time of the last probe: %s', (_, health, expected) => {
  const { attempt } = begin();
  attempt.health = health;
  expect(attempt.latencyMs).toBe(expected);
});

describe('a launch that is over', () => {
  it('has no probes, counts nothing, and waits for nothing', async () => {
    const { clock, attempt } = begin();
    const verdicts: string[] = [];
    let total = 1;
    await attempt.countErrors(
      () => Promise.resolve(total),
      () => undefined,
    );
    attempt.watch(new FakeProbe(), (health) => {
      attempt.health = health;
      verdicts.push(health.status);
    });
    total = 4;
    await clock.pass(6000);
    expect([attempt.recentErrors, attempt.health?.status]).toEqual([3, 'ready']);
    expect([attempt.isOver(), attempt.over.aborted]).toEqual([false, false]);
    attempt.dispose();
    expect([attempt.isOver(), attempt.over.aborted]).toEqual([true, true]);
    expect([attempt.recentErrors, attempt.health, clock.waiting]).toEqual([0, undefined, 0]);
    const before = verdicts.length;
    await clock.pass(60_000);
    expect(verdicts).toHaveLength(before);
  });
});

it('probes at once when something has changed', async () => {
  const { clock, attempt } = begin();
  // Without probes there is nothing to hurry.
  attempt.probeNow();
  let probes = 0;
  const probe = new FakeProbe();
  probe.delay = () => {
    probes++;
    return Promise.resolve();
  };
  attempt.watch(probe, () => undefined);
  await clock.pass(20_000);
  const before = probes;
  attempt.probeNow();
  await settle();
  await clock.pass(0);
  expect(probes).toBeGreaterThan(before);
});
