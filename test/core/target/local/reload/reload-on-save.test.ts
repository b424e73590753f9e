import { expect, it } from 'vitest';
import {
  ReloadOnSave,
  type ReloadOutcome,
} from '../../../../../src/core/target/local/reload/reload-on-save';
import { ManualClock } from '../../../../support/manual-clock';

interface Asked {
  readonly paths: readonly string[];
  readonly signal: AbortSignal;
  readonly done: (outcome?: ReloadOutcome) => void;
}

function setUp(unchanged: readonly string[] = []): {
  clock: ManualClock;
  saves: ReloadOnSave;
  asked: Asked[];
  /** Of these nothing was even written. */
  untouched: string[];
} {
  const clock = new ManualClock();
  const asked: Asked[] = [];
  const untouched: string[] = [];
  const saves = new ReloadOnSave({
    clock,
    changes: (paths) => {
      const written = paths.filter((path) => !untouched.includes(path));
      const changed = written.filter((path) => !unchanged.includes(path));
      return Promise.resolve({ changed, written: written.length > 0 });
    },
    reload: (files, signal) =>
      new Promise((done) => {
        asked.push({ paths: [...files.keys()], signal, done: (outcome = 'done') => done(outcome) });
        signal.addEventListener('abort', () => done('cancelled'));
      }),
  });
  saves.begin();
  return { clock, saves, asked, untouched };
}

it('reloads once for a burst', async () => {
  const { clock, saves, asked } = setUp();
  for (const path of ['one', 'two', 'one']) {
    saves.changed([path]);
    await clock.pass(30);
  }
  expect(asked).toEqual([]);
  await clock.pass(10);
  expect(asked.map(({ paths }) => paths)).toEqual([['one', 'two']]);
});

it('does not wait for ever for the end of a burst', async () => {
  const { clock, saves, asked } = setUp();
  for (let time = 0; time < 17; time++) {
    saves.changed([`${time}`]);
    await clock.pass(30);
  }
  expect(asked).toHaveLength(1);
});

it('begins anew with all files when one is saved meanwhile', async () => {
  const { clock, saves, asked } = setUp();
  saves.changed(['one']);
  await clock.pass(40);
  saves.changed(['two']);
  expect(asked[0]?.signal.aborted).toBe(false);
  await clock.pass(40);
  expect(asked[0]?.signal.aborted).toBe(true);
  expect(asked.map(({ paths }) => paths)).toEqual([['one'], ['one', 'two']]);
});

it('does not begin anew with what was done all the same', async () => {
  const { clock, saves, asked } = setUp();
  saves.changed(['one']);
  await clock.pass(40);
  saves.changed(['two']);
  asked[0]?.done();
  await clock.pass(40);
  expect(asked.map(({ paths }) => paths)).toEqual([['one'], ['two']]);
});

it('is not disturbed by what is told of and has not changed', async () => {
  const { clock, saves, asked } = setUp(['same']);
  saves.changed(['same']);
  await clock.pass(40);
  expect(asked).toEqual([]);
  saves.changed(['one']);
  await clock.pass(40);
  saves.changed(['same']);
  await clock.pass(40);
  expect(asked[0]?.signal.aborted).toBe(false);
  expect(asked).toHaveLength(1);
});

it('reloads again for what is saved after it', async () => {
  const { clock, saves, asked } = setUp();
  saves.changed(['one']);
  await clock.pass(40);
  asked[0]?.done();
  await clock.pass(1000);
  expect(asked).toHaveLength(1);
  saves.changed(['two']);
  await clock.pass(40);
  expect(asked.map(({ paths }) => paths)).toEqual([['one'], ['two']]);
});

it('is over when it is disposed', async () => {
  const { clock, saves, asked } = setUp();
  saves.changed(['one']);
  await clock.pass(40);
  saves.changed(['two']);
  saves.dispose();
  saves.changed(['three']);
  await clock.pass(1000);
  expect(asked[0]?.signal.aborted).toBe(true);
  expect(asked).toHaveLength(1);
  expect(clock.waiting).toBe(0);
});

it('keeps what is saved before the start, and the time of the report', async () => {
  const clock = new ManualClock();
  const asked: [string, number][][] = [];
  const saves = new ReloadOnSave({
    clock,
    changes: (changed) => Promise.resolve({ changed, written: true }),
    reload: (files) => {
      asked.push([...files]);
      return Promise.resolve('done');
    },
  });
  saves.changed(['one']);
  await clock.pass(1000);
  expect(asked).toEqual([]);
  saves.begin();
  await clock.pass(0);
  expect(asked).toEqual([[['one', 1000]]]);
});

async function failed(unchanged: readonly string[] = []) {
  const set = setUp(unchanged);
  set.saves.changed(['one']);
  await set.clock.pass(40);
  set.asked[0]?.done('failed');
  await set.clock.pass(0);
  expect(set.saves.failed).toBe(true);
  return set;
}

it('reloads for the files of a failed reload too, until one succeeds', async () => {
  const { clock, saves, asked } = await failed();
  saves.changed(['two']);
  await clock.pass(40);
  asked[1]?.done('failed');
  saves.changed(['three']);
  await clock.pass(40);
  asked[2]?.done();
  await clock.pass(0);
  expect(saves.failed).toBe(false);
  saves.changed(['four']);
  await clock.pass(40);
  expect(asked.map(({ paths }) => paths)).toEqual([
    ['one'],
    ['one', 'two'],
    ['one', 'two', 'three'],
    ['four'],
  ]);
});

it('tries again what failed after a save without a change, but not at a second report of one', async () => {
  const { clock, saves, asked, untouched } = await failed(['same']);
  saves.changed(['same']);
  await clock.pass(40);
  expect(asked).toHaveLength(2);
  // Another one meanwhile: the package may have come in between.
  saves.changed(['same']);
  await clock.pass(40);
  expect(asked[1]?.signal.aborted).toBe(false);
  asked[1]?.done('failed');
  await clock.pass(0);
  expect(asked).toHaveLength(3);
  asked[2]?.done('failed');
  untouched.push('same', 'one');
  saves.changed(['same', 'one']);
  await clock.pass(40);
  expect(asked).toHaveLength(3);
});

it('tries again by hand what failed, and resolves when that is over', async () => {
  const { clock, saves, asked } = await failed();
  let over = false;
  void saves.retry().then(() => (over = true));
  await clock.pass(0);
  expect(asked.map(({ paths }) => paths)).toEqual([['one'], ['one']]);
  expect(over).toBe(false);
  asked[1]?.done();
  await clock.pass(0);
  expect(over).toBe(true);
  await saves.retry();
  expect(asked).toHaveLength(2);
});

it('stays failed while a reload is cancelled by a later save', async () => {
  const { clock, saves, asked } = await failed();
  saves.changed(['two']);
  await clock.pass(40);
  saves.changed(['three']);
  await clock.pass(40);
  expect(asked.map(({ paths }) => paths)).toEqual([
    ['one'],
    ['one', 'two'],
    ['one', 'two', 'three'],
  ]);
  expect(saves.failed).toBe(true);
});
