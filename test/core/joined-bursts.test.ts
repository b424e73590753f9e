import { beforeEach, expect, it } from 'vitest';
import { JoinedBursts } from '../../src/core/joined-bursts';
import { ManualClock } from '../support/manual-clock';

let clock: ManualClock;
let bursts: JoinedBursts<number>;
let begun: number;

beforeEach(() => {
  clock = new ManualClock();
  bursts = new JoinedBursts(clock);
  begun = 0;
});

const request = (key = 'a', ms = 100): Promise<number> =>
  bursts.run(key, async () => {
    begun++;
    const number = begun;
    await new Promise<void>((resolve) => clock.after(ms, resolve));
    return number;
  });

it('joins a request to work that is running, by its key', async () => {
  const all = [request(), request(), request('b')];
  await clock.pass(100);
  expect(await Promise.all(all)).toEqual([1, 1, 2]);
});

it('does once what a burst requests, though the work ends before the burst', async () => {
  const all: Promise<number>[] = [];
  for (let click = 0; click < 50; click++) {
    all.push(request());
    await clock.pass(20);
  }
  await clock.pass(100);
  expect(new Set(await Promise.all(all))).toEqual(new Set([1]));
});

it('does again what is requested after the burst', async () => {
  void request();
  void request();
  await clock.pass(400);
  const again = request();
  await clock.pass(100);
  expect(await again).toBe(2);
});

it('does again what is requested by who has waited for the first, however fast that was', async () => {
  const first = request('a', 5);
  await clock.pass(5);
  await first;
  const second = request('a', 5);
  await clock.pass(5);
  expect(await second).toBe(2);
});

it('lets each caller cancel the work, also one that joined it', async () => {
  for (const canceller of [0, 1]) {
    const callers = [new AbortController(), new AbortController()];
    const work = (cancel: AbortSignal): Promise<number> =>
      new Promise((_, reject) => {
        cancel.addEventListener('abort', () => reject(new Error('cancelled')));
      });
    const all = callers.map(({ signal }) => bursts.run('c', work, signal));
    callers[canceller]?.abort();
    for (const one of all) await expect(one).rejects.toThrow('cancelled');
  }
});

it('is cancelled at once for a caller that has given up already', async () => {
  const work = (cancel: AbortSignal): Promise<number> =>
    new Promise((_, reject) => {
      if (cancel.aborted) reject(new Error('cancelled'));
      cancel.addEventListener('abort', () => reject(new Error('cancelled')));
    });
  await expect(bursts.run('d', work, AbortSignal.abort())).rejects.toThrow('cancelled');
});
