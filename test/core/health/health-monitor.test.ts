import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HealthMonitor, type Health } from '../../../src/core/health/health-monitor';
import type { Probe, ProbeResult } from '../../../src/core/health/probe';
import { ManualClock } from '../../support/manual-clock';

const ok: ProbeResult = { outcome: 'ok', latencyMs: 3 };
const no: ProbeResult = {
  outcome: 'refused',
  reason: '/readyz answered 503: Runners are not ready.',
};
const nothing: ProbeResult = { outcome: 'silent', reason: 'connection refused' };
const hangs = 'hangs';

/** A component under our thumb: its answers are what the test says, and a hang lasts until the time-out. */
class FakeProbe implements Probe {
  readyAnswer: ProbeResult | typeof hangs = nothing;
  liveAnswer: ProbeResult | typeof hangs = ok;
  asked = 0;
  disposed = false;

  ready(signal: AbortSignal): Promise<ProbeResult> {
    this.asked++;
    return answer(this.readyAnswer, signal);
  }

  live(signal: AbortSignal): Promise<ProbeResult> {
    return answer(this.liveAnswer, signal);
  }

  dispose(): void {
    this.disposed = true;
  }
}

function answer(result: ProbeResult | typeof hangs, signal: AbortSignal): Promise<ProbeResult> {
  if (result !== hangs) return Promise.resolve(result);
  return new Promise((resolve) => {
    signal.addEventListener('abort', () =>
      resolve({ outcome: 'silent', reason: '/readyz did not answer in time' }),
    );
  });
}

describe('the health monitor', () => {
  let clock: ManualClock;
  let fakeProbe: FakeProbe;
  let seen: { at: number; health: Health }[];
  let monitor: HealthMonitor;

  beforeEach(() => {
    clock = new ManualClock();
    fakeProbe = new FakeProbe();
    seen = [];
    monitor = watch(3);
  });

  afterEach(() => monitor.dispose());

  const watch = (failureThreshold: number): HealthMonitor =>
    new HealthMonitor(
      fakeProbe,
      { intervalMs: 5000, timeoutMs: 2000, failureThreshold },
      clock,
      (health) => seen.push({ at: clock.now(), health }),
    );

  describe.each([5000, 60_000])('after %i ms away', (awayMs) => {
    it.each([
      ['a component of ours', { fixedInterval: false, answer: nothing }],
      ['a component of ours that hangs', { fixedInterval: false, answer: hangs }],
      ['a watched address', { fixedInterval: true, answer: nothing }],
      ['a watched address that hangs', { fixedInterval: true, answer: hangs }],
    ] as const)(
      'reports %s as ready within one interval and 1 s',
      async (_, { fixedInterval, answer }) => {
        monitor.dispose();
        const timings = { intervalMs: 5000, timeoutMs: 2000, failureThreshold: 3, fixedInterval };
        monitor = new HealthMonitor(fakeProbe, timings, clock, (health) =>
          seen.push({ at: clock.now(), health }),
        );
        fakeProbe.readyAnswer = ok;
        await clock.pass(10_000);
        fakeProbe.readyAnswer = answer;
        fakeProbe.liveAnswer = answer;
        await clock.pass(awayMs);
        const { asked } = fakeProbe;
        fakeProbe.readyAnswer = ok;
        fakeProbe.liveAnswer = ok;
        seen.length = 0;
        await clock.pass(6000);
        expect(fakeProbe.asked).toBeGreaterThan(asked);
        expect(seen.at(-1)?.health.status).toBe('ready');
      },
    );
  });

  it('asks what was not started here no faster before it is ready than after', async () => {
    monitor.dispose();
    fakeProbe.asked = 0;
    const timings = { intervalMs: 5000, timeoutMs: 2000, failureThreshold: 3, fixedInterval: true };
    monitor = new HealthMonitor(fakeProbe, timings, clock, (health) =>
      seen.push({ at: clock.now(), health }),
    );
    await clock.pass(60_000);
    expect(seen[0]?.health).toEqual({ status: 'notReady', reason: 'connection refused' });
    expect(fakeProbe.asked).toBeLessThanOrEqual(12);
    fakeProbe.readyAnswer = ok;
    await clock.pass(5000);
    expect(seen.at(-1)?.health.status).toBe('ready');
  });

  const becomeReady = async (): Promise<void> => {
    fakeProbe.readyAnswer = ok;
    await clock.pass(1500);
    seen.length = 0;
  };

  it.each([400, 3000, 20_000])('shows readiness within 250 ms of it, after %i ms', async (ms) => {
    await clock.pass(ms);
    fakeProbe.readyAnswer = ok;
    const from = clock.now();
    await clock.pass(1000);
    const first = seen.find(({ health }) => health.status === 'ready');
    expect((first?.at ?? Infinity) - from).toBeLessThanOrEqual(250);
  });

  it('asks a long start less often', async () => {
    await clock.pass(61_000);
    const before = fakeProbe.asked;
    await clock.pass(10_000);
    expect(fakeProbe.asked - before).toBeLessThanOrEqual(10);
  });

  it('asks calmly once it is ready', async () => {
    await becomeReady();
    const before = fakeProbe.asked;
    await clock.pass(60_000);
    expect(fakeProbe.asked - before).toBeLessThanOrEqual(12);
  });

  it('takes an answer that says no at its word, with the reason', async () => {
    await becomeReady();
    fakeProbe.readyAnswer = no;
    await clock.pass(5000);
    expect(seen.at(-1)?.health).toEqual({
      status: 'notReady',
      reason: '/readyz answered 503: Runners are not ready.',
    });
    fakeProbe.readyAnswer = ok;
    await clock.pass(1000);
    expect(seen.at(-1)?.health.status).toBe('ready');
  });

  it('sees a hang within 17 s, whenever it begins', async () => {
    await becomeReady();
    await clock.pass(37);
    fakeProbe.readyAnswer = fakeProbe.liveAnswer = hangs;
    const from = clock.now();
    await clock.pass(30_000);
    const first = seen.find(({ health }) => health.status === 'unresponsive');
    expect((first?.at ?? Infinity) - from).toBeLessThanOrEqual(17_000);
  });

  it('does not call it a hang while it lives and only its readiness waits', async () => {
    await becomeReady();
    fakeProbe.readyAnswer = hangs;
    await clock.pass(30_000);
    expect(seen.map(({ health }) => health.status)).not.toContain('unresponsive');
    expect(seen.at(-1)?.health.status).toBe('notReady');
  });

  it('raises no false alarm when the extension host stood still', async () => {
    monitor.dispose();
    // With a threshold of one, a single time-out that counts would show.
    monitor = watch(1);
    await becomeReady();
    fakeProbe.readyAnswer = fakeProbe.liveAnswer = hangs;
    await clock.pass(5000);
    clock.jump(20_000);
    fakeProbe.readyAnswer = fakeProbe.liveAnswer = ok;
    await clock.pass(5000);
    expect(seen.map(({ health }) => health.status)).toEqual(['ready', 'ready']);
  });

  it.each([
    ['slept an hour', 3_600_000],
    ['was set a day back', -86_400_000],
  ])('raises no false alarm when the machine %s', async (_, ms) => {
    monitor.dispose();
    monitor = watch(1);
    await becomeReady();
    fakeProbe.readyAnswer = fakeProbe.liveAnswer = hangs;
    await clock.pass(5000);
    clock.setForward(ms);
    fakeProbe.readyAnswer = fakeProbe.liveAnswer = ok;
    await clock.pass(12_000);
    expect(new Set(seen.map(({ health }) => health.status))).toEqual(new Set(['ready']));
    expect(seen.at(-1)?.at).toBeGreaterThan(8000);
  });

  it('sees a hang also when the calendar was set while all was well', async () => {
    await becomeReady();
    clock.setForward(86_400_000);
    fakeProbe.readyAnswer = fakeProbe.liveAnswer = hangs;
    await clock.pass(17_000);
    expect(seen.at(-1)?.health.status).toBe('unresponsive');
  });

  it('asks at once when it is told that something changed, and in one round at a time', async () => {
    await becomeReady();
    fakeProbe.readyAnswer = no;
    await clock.pass(5000);
    fakeProbe.readyAnswer = ok;
    monitor.probeNow();
    monitor.probeNow();
    const before = fakeProbe.asked;
    await clock.pass(1);
    expect(fakeProbe.asked).toBe(before + 1);
    expect(seen.at(-1)?.health.status).toBe('ready');
  });

  it('asks nothing and holds no timer once disposed', async () => {
    await becomeReady();
    const before = fakeProbe.asked;
    monitor.dispose();
    await clock.pass(60_000);
    expect(fakeProbe.asked).toBe(before);
    expect(fakeProbe.disposed).toBe(true);
    expect(clock.waiting).toBe(0);
  });
});
