import { expect, it } from 'vitest';
import { HelperUses } from '../../../../src/core/target/local/helper-uses';
import { ManualClock } from '../../../support/manual-clock';
import { settle } from '../../../support/settle';

/** Uses of a helper, and what has been done. */
function set() {
  const clock = new ManualClock();
  const uses = new HelperUses();
  const done: string[] = [];
  const helper = {
    end: () => {
      done.push('helper ended');
      return Promise.resolve();
    },
  };
  const end = (own: typeof helper | undefined): void =>
    void uses.end(clock, () => own).then(() => done.push('over'));
  return { clock, uses, done, helper, end };
}

it('gives what the work gives, or why it failed', async () => {
  const { uses } = set();
  expect(await uses.run(Promise.resolve('plan'))).toBe('plan');
  await expect(uses.run(Promise.reject(new Error('no plan')))).rejects.toThrow('no plan');
});

it('is over at once without work, and after the work otherwise, however that ends', async () => {
  const { clock, uses, done, helper, end } = set();
  const first = Promise.withResolvers<undefined>();
  const second = Promise.withResolvers<undefined>();
  void uses.run(first.promise);
  uses.run(second.promise).catch(() => undefined);
  end(helper);
  await clock.pass(5000);
  first.resolve(undefined);
  await settle();
  expect(done).toEqual([]);
  second.reject(new Error('cancelled'));
  await settle();
  expect([done, clock.waiting]).toEqual([['over'], 0]);
  end(helper);
  await settle();
  expect(done).toEqual(['over', 'over']);
});

it('ends a helper that does not answer in time', async () => {
  const { clock, uses, done, helper, end } = set();
  void uses.run(new Promise(() => undefined));
  end(helper);
  await clock.pass(9_999);
  expect(done).toEqual([]);
  await clock.pass(1);
  expect(done).toEqual(['helper ended', 'over']);
});

it('waits for work that has no helper yet, however long that takes', async () => {
  const { clock, uses, done, end } = set();
  const start = Promise.withResolvers<undefined>();
  void uses.run(start.promise);
  end(undefined);
  await clock.pass(60_000);
  expect(done).toEqual([]);
  start.resolve(undefined);
  await settle();
  expect(done).toEqual(['over']);
});
