import { expect, it } from 'vitest';
import { endAll } from '../../../src/vscode/lifecycle/end-all';
import { fakeManager } from '../../support/bentos';
import { ManualClock } from '../../support/manual-clock';

it('is done as soon as everything is stopped', async () => {
  const clock = new ManualClock();
  const manager = fakeManager();
  await endAll(manager, clock);
  expect(manager.calls).toEqual(['leave']);
  expect(clock.waiting).toBe(0);
});

it('forces after 3.5 s and gives up after 4.5 s', async () => {
  const clock = new ManualClock();
  const manager = fakeManager();
  manager.answer = () => new Promise(() => undefined);
  let done = false;
  void endAll(manager, clock).then(() => (done = true));
  await clock.pass(3_499);
  expect(manager.calls).toEqual(['leave']);
  await clock.pass(1);
  expect(manager.calls).toEqual(['leave', 'leave']);
  await clock.pass(999);
  expect(done).toBe(false);
  await clock.pass(1);
  expect(done).toBe(true);
});

it('does not fail when stopping does', async () => {
  const manager = fakeManager();
  manager.answer = () => Promise.reject(new Error('no'));
  await expect(endAll(manager, new ManualClock())).resolves.toBeUndefined();
});
