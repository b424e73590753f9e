import { expect, it } from 'vitest';
import { Emitter } from '../../../../src/core/events';
import type { ComponentState, Problem } from '../../../../src/core/model';
import { problemOf } from '../../../../src/core/problem';
import { waitUntilReady } from '../../../../src/core/target/local/wait-until-ready';
import { settle } from '../../../support/settle';

const problem: Problem = { code: 'crashed', message: 'It ended.' };

/** A supervisor whose state a test sets. */
function observed(state: ComponentState) {
  const changed = new Emitter<void>();
  let listeners = 0;
  const one = {
    state,
    problem: undefined as Problem | undefined,
    onDidChange: (listener: () => unknown) => {
      listeners += 1;
      const subscription = changed.event(listener);
      return {
        dispose: () => {
          listeners -= 1;
          subscription.dispose();
        },
      };
    },
  };
  const turn = async (next: ComponentState, why?: Problem): Promise<void> => {
    one.state = next;
    one.problem = why;
    changed.fire();
    await settle();
  };
  return { one, turn, listeners: () => listeners };
}

type Event = 'waits' | 'done' | 'crashed' | 'cancelled';
const waits: readonly ComponentState[] = ['starting', 'unhealthy', 'backingOff', 'stopping'];

/** What the wait has come to in each state, with a problem and without, cancelled and not. */
const rows = (
  ['stopped', 'starting', 'ready', 'unhealthy', 'backingOff', 'stopping', 'failed'] as const
).flatMap((state) =>
  [false, true].flatMap((hasProblem) =>
    [false, true].map((isCancelled): [ComponentState, boolean, boolean, Event] => {
      if (state === 'ready') return [state, hasProblem, isCancelled, 'done'];
      if (state === 'stopped') return [state, hasProblem, isCancelled, 'cancelled'];
      if (hasProblem && (state === 'failed' || isCancelled)) {
        return [state, hasProblem, isCancelled, 'crashed'];
      }
      return [state, hasProblem, isCancelled, isCancelled ? 'cancelled' : 'waits'];
    }),
  ),
);

it.each(rows)(
  'comes to what the state says: %s, problem: %s, cancelled: %s: %s',
  async (state, hasProblem, isCancelled, expected) => {
    const { one, turn, listeners } = observed('starting');
    const cancel = new AbortController();
    let outcome = 'waits';
    waitUntilReady(one, cancel.signal).then(
      () => (outcome = 'done'),
      (error: unknown) => (outcome = problemOf(error).code),
    );
    await turn(state, hasProblem ? problem : undefined);
    if (isCancelled && outcome === 'waits') {
      cancel.abort();
      await settle();
    }
    expect(outcome).toBe(expected);
    expect(listeners()).toBe(expected === 'waits' ? 1 : 0);
  },
);

it.each(waits)('is over where %s is enough', async (state) => {
  const { one } = observed(state);
  await waitUntilReady(one, new AbortController().signal, ['ready', state]);
});

it('is over at once for whoever has cancelled it before', async () => {
  const { one, listeners } = observed('starting');
  await expect(waitUntilReady(one, AbortSignal.abort())).rejects.toMatchObject({
    code: 'cancelled',
  });
  expect(listeners()).toBe(0);
});

it('is decided once', async () => {
  const { one, turn } = observed('starting');
  const waiting = waitUntilReady(one, new AbortController().signal);
  await turn('ready');
  await turn('failed', problem);
  await waiting;
});
