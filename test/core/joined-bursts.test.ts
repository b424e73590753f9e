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
