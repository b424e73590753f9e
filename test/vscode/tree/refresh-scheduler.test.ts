import { expect, it } from 'vitest';
import { RefreshScheduler } from '../../../src/vscode/tree/refresh-scheduler';
import { ManualClock } from '../../support/manual-clock';

function refreshes({ looksDifferent = true } = {}) {
  const clock = new ManualClock();
  const seen: string[] = [];
  const scheduler = new RefreshScheduler(clock, (changed) => {
    const what = changed === 'list' ? 'list' : [...changed].join('+');
    seen.push(`${String(clock.now())} ${what}`);
    return looksDifferent;
  });
  const request = (id: string | undefined, canWait = false): void =>
    scheduler.request(id, { canWait });
  return { clock, seen, request, dispose: () => scheduler.dispose() };
}

it('refreshes at once for the first change, and once for those that follow', async () => {
  const { clock, seen, request } = refreshes();
  request('a');
  request('a');
  await clock.pass(100);
  request('b');
  await clock.pass(1000);
  request('c');
  expect(seen).toEqual(['0 a', '210 a+b', '1100 c']);
});

it('waits between two refreshes, however many changes there are', async () => {
  const { clock, seen, request } = refreshes();
  for (let change = 0; change < 100; change++) {
    request('a');
    await clock.pass(10);
  }
  expect(seen).toEqual(['0 a', '210 a', '420 a', '630 a', '840 a']);
});

it('delays changes that can wait, so that an urgent one is shown at once', async () => {
  const { clock, seen, request } = refreshes();
  request('a');
  await clock.pass(50);
  request('a', true);
  await clock.pass(250);
  request('a');
  await clock.pass(1000);
  request('a', true);
  await clock.pass(499);
  request('a', true);
  await clock.pass(1000);
  expect(seen).toEqual(['0 a', '300 a', '1800 a']);
  expect(clock.waiting).toBe(0);
});

it('refreshes everything if the list has changed', async () => {
  const { clock, seen, request } = refreshes();
  request('a');
  request('a');
  request(undefined);
  request('b');
  await clock.pass(1000);
  expect(seen).toEqual(['0 a', '210 list']);
});

it('does not wait after a refresh in which no row looks different', () => {
  const { seen, request } = refreshes({ looksDifferent: false });
  request('a');
  request('b');
  expect(seen).toEqual(['0 a', '0 b']);
});

it('does not refresh after it is disposed', async () => {
  const { clock, seen, request, dispose } = refreshes();
  request('a');
  request('b');
  dispose();
  await clock.pass(1000);
  expect(seen).toEqual(['0 a']);
  expect(clock.waiting).toBe(0);
});
