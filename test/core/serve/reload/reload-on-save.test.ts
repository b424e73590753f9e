import { expect, it } from 'vitest';
import { ReloadOnSave } from '../../../../src/core/serve/reload/reload-on-save';
import { ManualClock } from '../../../support/manual-clock';

interface Asked {
  readonly paths: readonly string[];
  readonly signal: AbortSignal;
  readonly done: (served?: boolean) => void;
}

function setUp(unchanged: readonly string[] = []): {
  clock: ManualClock;
  saves: ReloadOnSave;
  asked: Asked[];
} {
  const clock = new ManualClock();
  const asked: Asked[] = [];
  const saves = new ReloadOnSave({
    clock,
    changed: (paths) => Promise.resolve(paths.filter((path) => !unchanged.includes(path))),
    reload: (paths, signal) =>
      new Promise((done) => {
        asked.push({ paths, signal, done: (served = true) => done(served) });
        signal.addEventListener('abort', () => done(false));
      }),
  });
  return { clock, saves, asked };
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
