import { expect, it } from 'vitest';
import { Timers } from '../../../../../src/core/target/local/supervise/timers';
import { ManualClock } from '../../../../support/manual-clock';

const set = () => {
  const clock = new ManualClock();
  const timers = new Timers(clock);
  const fired: string[] = [];
  const after = (name: string, ms: number): void =>
    timers.after(name, ms, () => fired.push(`${name} at ${ms}`));
  return { clock, timers, fired, after };
};

it('fires each timer once, also several of one name', async () => {
  const { clock, fired, after } = set();
  after('replacement', 10);
  after('replacement', 20);
  after('deadline', 15);
  await clock.pass(100);
  expect(fired).toEqual(['replacement at 10', 'deadline at 15', 'replacement at 20']);
});

it('cancels all of one name, and no other', async () => {
  const { clock, timers, fired, after } = set();
  after('replacement', 10);
  after('replacement', 20);
  after('deadline', 15);
  await clock.pass(12);
  timers.cancel('replacement');
  timers.cancel('of no timer');
  expect(clock.waiting).toBe(1);
  await clock.pass(100);
  expect(fired).toEqual(['replacement at 10', 'deadline at 15']);
});

it('cancels all at its disposal, and can be used again', async () => {
  const { clock, timers, fired, after } = set();
  after('replacement', 10);
  after('deadline', 15);
  timers.dispose();
  expect(clock.waiting).toBe(0);
  after('deadline', 5);
  await clock.pass(100);
  expect(fired).toEqual(['deadline at 5']);
});
