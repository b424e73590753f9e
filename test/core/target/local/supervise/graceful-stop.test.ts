import { describe, expect, it } from 'vitest';
import {
  gracePeriod,
  GracefulStop,
} from '../../../../../src/core/target/local/supervise/graceful-stop';
import { Timers } from '../../../../../src/core/target/local/supervise/timers';
import { noWorkers, type Workers } from '../../../../../src/core/target/local/workers/workers';
import { ManualClock } from '../../../../support/manual-clock';
import { settle } from '../../../../support/settle';

it.each([
  [true, 10_000, 10_000],
  [true, 200, 200],
  [false, 10_000, 1000],
  [false, 200, 200],
])(
  'the grace period: ready before: %s, configured: %d, is %d',
  (wasReady, configured, expected) => {
    expect(gracePeriod(wasReady, configured)).toBe(expected);
  },
);

/** A stop of workers that end when the test says so. */
function stop(parts: { handOver?: boolean; workers?: Partial<Workers> } = {}) {
  const clock = new ManualClock();
  const calls: string[] = [];
  const events: string[] = [];
  const ended = Promise.withResolvers<undefined>();
  const call = (name: string) => (): Promise<number> => {
    calls.push(name);
    return Promise.resolve(0);
  };
  const workers = {
    ...noWorkers,
    ...{ terminate: call('terminate'), retire: call('retire'), kill: call('kill') },
    ended: () => ended.promise.then(() => undefined),
    ...parts.workers,
  } as Workers;
  const begun = clock.date();
  const stopping = new GracefulStop({
    ...{ workers, clock, timers: new Timers(clock), gracePeriodMs: 10_000 },
    log: { event: (text) => void events.push(text) },
    handOver: parts.handOver ?? false,
    onChange: () => calls.push('change'),
  });
  let isDone = false;
  void stopping.done.then(() => (isDone = true));
  const end = async (): Promise<void> => {
    ended.resolve(undefined);
    await settle();
  };
  return { clock, calls, events, stopping, begun, end, isDone: () => isDone };
}

describe('a graceful stop', () => {
  it('asks the workers, waits until they have ended, and ends what they left behind', async () => {
    const { clock, calls, events, stopping, begun, end, isDone } = stop();
    expect(stopping.times).toEqual({ since: begun, forceAt: begun + 10_000 });
    await clock.pass(9_999);
    expect([calls, events, isDone()]).toEqual([['terminate'], ['stopping'], false]);
    await end();
    expect([calls, isDone(), clock.waiting]).toEqual([['terminate', 'kill'], true, 0]);
    await clock.pass(60_000);
    expect([calls, events]).toEqual([['terminate', 'kill'], ['stopping']]);
  });

  it('lets workers finish for others that serve from their sockets', () => {
    expect(stop({ handOver: true }).calls).toEqual(['retire']);
  });

  it('forces what is left after the grace period, and says why', async () => {
    const { clock, calls, events, stopping, begun, end, isDone } = stop();
    await clock.pass(10_000);
    const why = 'it did not stop within 10 s';
    expect(stopping.times).toEqual({ since: begun, forceAt: begun + 10_000, forcedBecause: why });
    expect(calls).toEqual(['terminate', 'change', 'kill']);
    expect(events).toEqual(['stopping', 'still running after 10 s: ending it by force']);
    expect(isDone()).toBe(false);
    await end();
    expect(isDone()).toBe(true);
  });

  it('forces at once when that is asked for', async () => {
    const { calls, stopping, end, isDone } = stop();
    stopping.force('it was to stop at once');
    expect(stopping.times.forcedBecause).toBe('it was to stop at once');
    expect(calls).toEqual(['terminate', 'change', 'kill']);
    await end();
    expect(isDone()).toBe(true);
  });

  it('ends with its workers when the host answers nothing any more', async () => {
    const gone = (): Promise<never> => Promise.reject(new Error('the host has ended'));
    const { stopping, clock, end, isDone } = stop({ workers: { terminate: gone, kill: gone } });
    stopping.force('it was to stop at once');
    await settle();
    expect(isDone()).toBe(false);
    await end();
    expect([isDone(), clock.waiting]).toEqual([true, 0]);
  });
});
