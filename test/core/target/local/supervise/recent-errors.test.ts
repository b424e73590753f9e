import { expect, it } from 'vitest';
import { RecentErrors } from '../../../../../src/core/target/local/supervise/recent-errors';
import { ManualClock } from '../../../../support/manual-clock';
import { settle } from '../../../../support/settle';

async function setUp(total: number | undefined, pauseMs = 5000) {
  const clock = new ManualClock();
  const source = { total, reads: 0 };
  let changes = 0;
  const errors = new RecentErrors(
    () => {
      source.reads += 1;
      return Promise.resolve(source.total);
    },
    pauseMs,
    clock,
    () => (changes += 1),
  );
  await errors.start();
  return { clock, source, errors, changes: () => changes };
}

it('counts what comes after the start, for a minute each', async () => {
  const { clock, source, errors, changes } = await setUp(7);
  await clock.pass(20_000);
  expect([errors.count, changes()]).toEqual([0, 0]);
  source.total = 10;
  await clock.pass(5000);
  expect([errors.count, changes()]).toEqual([3, 1]);
  await clock.pass(30_000);
  source.total = 11;
  await clock.pass(5000);
  expect(errors.count).toBe(4);
  // The first three are a minute old.
  await clock.pass(25_000);
  expect(errors.count).toBe(1);
  await clock.pass(35_000);
  expect([errors.count, changes()]).toEqual([0, 4]);
});

it('is told by nothing but a change, and has no timer beside the next reading', async () => {
  const { clock, source, errors, changes } = await setUp(0);
  source.total = 1;
  await clock.pass(5000);
  await clock.pass(60_000);
  expect([errors.count, changes(), clock.waiting]).toEqual([0, 2, 1]);
});

it('begins anew when the total goes down', async () => {
  const { clock, source, errors } = await setUp(0);
  source.total = 5;
  await clock.pass(5000);
  source.total = 2;
  await clock.pass(5000);
  expect(errors.count).toBe(2);
  source.total = 0;
  await clock.pass(5000);
  expect([errors.count, clock.waiting]).toEqual([0, 1]);
});

it('keeps what it knows while the total cannot be read', async () => {
  const { clock, source, errors } = await setUp(1);
  source.total = 2;
  await clock.pass(5000);
  source.total = undefined;
  await clock.pass(5000);
  expect(errors.count).toBe(1);
  source.total = 4;
  await clock.pass(5000);
  expect(errors.count).toBe(3);
});

it('counts nothing that came before a total was known', async () => {
  const { clock, source, errors, changes } = await setUp(undefined);
  source.total = 9;
  await clock.pass(5000);
  expect([errors.count, changes(), clock.waiting]).toEqual([0, 0, 1]);
});

it('reads at least twice a minute, however seldom health is asked', async () => {
  const { clock, source } = await setUp(0, 300_000);
  await clock.pass(60_000);
  expect(source.reads).toBe(3);
});

it('reads no more when it is over, also in the middle of a reading', async () => {
  const { clock, source, errors } = await setUp(0);
  errors.dispose();
  await clock.pass(60_000);
  expect([source.reads, clock.waiting]).toEqual([1, 0]);
  const early = new RecentErrors(
    () => Promise.resolve(0),
    1000,
    clock,
    () => undefined,
  );
  const started = early.start();
  early.dispose();
  await started;
  expect(clock.waiting).toBe(0);
});

it('ignores a total that comes when it is over', async () => {
  const clock = new ManualClock();
  const totals = [Promise.resolve(0)];
  let changes = 0;
  const errors = new RecentErrors(
    () => totals.shift() ?? late.promise,
    1000,
    clock,
    () => (changes += 1),
  );
  const late = Promise.withResolvers<number>();
  await errors.start();
  await clock.pass(1000);
  errors.dispose();
  late.resolve(5);
  await settle();
  expect([errors.count, changes, clock.waiting]).toEqual([0, 0, 0]);
});
