import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../src/core/model';
import { cancelled, problemOf, ServeError } from '../../../../src/core/problem';
import { renewTogether } from '../../../../src/core/target/local/renew-together';
import type { ComponentRenewal } from '../../../../src/core/target/local/supervise/component-renewal';
import { settle } from '../../../support/settle';

const never = new AbortController().signal;
const problem = (message: string): Problem => ({ code: 'crashed', message });

/** Components whose new workers a test lets accept connections, or fail. */
function setUp(count = 2) {
  const events: string[] = [];
  const failures = new Map<number, Problem>();
  const ends: (() => void)[] = [];
  const starts = Array.from({ length: count }, () => Promise.withResolvers<undefined>());
  const components = starts.map(({ promise }, index) => ({
    renew: async (cancel: AbortSignal): Promise<ComponentRenewal> => {
      events.push(`renew ${index}`);
      await Promise.race([
        promise,
        new Promise((_, reject) => {
          cancel.addEventListener('abort', () => reject(cancelled()), { once: true });
        }),
      ]);
      return {
        failure: () => failures.get(index),
        abandon: () => Promise.resolve(void events.push(`abandon ${index}`)),
        commit: () => {
          events.push(`commit ${index}`);
          return new Promise((resolve) => ends.push(() => resolve()));
        },
      };
    },
  }));
  const fail = (index: number, error: Error): void => starts[index]?.reject(error);
  const accept = (index: number): void => starts[index]?.resolve(undefined);
  return { components, events, failures, ends, fail, accept };
}

it('starts all at once, and has them serve when all accept connections', async () => {
  const { components, events, accept } = setUp();
  const renewing = renewTogether(components, never);
  accept(0);
  await settle();
  expect(events).toEqual(['renew 0', 'renew 1']);
  accept(1);
  await renewing;
  expect(events.slice(2)).toEqual(['commit 0', 'commit 1']);
});

it('tells when all of the old ones have ended', async () => {
  const { components, ends, accept } = setUp();
  accept(0);
  accept(1);
  const { oldEnded } = await renewTogether(components, never);
  let isOver = false;
  void oldEnded.then(() => (isOver = true));
  ends[0]?.();
  await settle();
  expect(isOver).toBe(false);
  ends[1]?.();
  await settle();
  expect(isOver).toBe(true);
});

it('has nothing to do without components', async () => {
  await (
    await renewTogether([], never)
  ).oldEnded;
});

describe('no new worker serves', () => {
  it('where one of them cannot be started: the others are cancelled, and say nothing', async () => {
    const { components, events, fail } = setUp(3);
    const renewing = renewTogether(components, never);
    fail(1, new ServeError(problem('The second one.')));
    await expect(renewing).rejects.toMatchObject({ message: 'The second one.' });
    expect(events).toEqual(['renew 0', 'renew 1', 'renew 2']);
  });

  it('where one of them fails after another was ready: that one is ended', async () => {
    const { components, events, fail, accept } = setUp();
    const renewing = renewTogether(components, never);
    accept(0);
    await settle();
    fail(1, new ServeError(problem('The second one.')));
    await expect(renewing).rejects.toMatchObject({ message: 'The second one.' });
    expect(events.slice(2)).toEqual(['abandon 0']);
  });

  it('where one of them has ended before all were ready', async () => {
    const { components, events, failures, accept } = setUp();
    failures.set(0, problem('It ended early.'));
    accept(0);
    accept(1);
    await expect(renewTogether(components, never)).rejects.toMatchObject({
      message: 'It ended early.',
    });
    expect(events.slice(2)).toEqual(['abandon 0', 'abandon 1']);
  });

  it.each([
    ['before', 0],
    ['after', 2],
  ])('where it is cancelled %s all are ready', async (_, ready) => {
    const { components, events, accept } = setUp();
    const cancel = new AbortController();
    const renewing = renewTogether(components, cancel.signal).catch(
      (error: unknown) => problemOf(error).code,
    );
    for (let index = 0; index < ready; index++) accept(index);
    cancel.abort();
    expect(await renewing).toBe('cancelled');
    expect(events.filter((one) => one.startsWith('commit'))).toEqual([]);
    expect(events.filter((one) => one.startsWith('abandon'))).toHaveLength(ready);
  });
});

it('tells what is no problem of ours as one', async () => {
  const { components, fail } = setUp();
  const renewing = renewTogether(components, never);
  fail(0, new Error('no memory'));
  await expect(renewing).rejects.toMatchObject({ name: 'ServeError', code: 'crashed' });
});
