import { describe, expect, it } from 'vitest';
import type { ComponentState } from '../../../../../src/core/model';
import { ServeError } from '../../../../../src/core/problem';
import { CodeReloads } from '../../../../../src/core/target/local/reload/code-reloads';
import { ManualClock } from '../../../../support/manual-clock';

/** Reloads that end as a test says: `undefined` is a success. */
function reloading() {
  const clock = new ManualClock();
  const stopped = new AbortController();
  const done: string[] = [];
  const is = {
    outcome: undefined as string | undefined,
    mend: undefined as string | undefined,
    continued: Promise.resolve() as Promise<unknown>,
    states: ['ready'] as readonly ComponentState[],
    waits: Promise.resolve() as Promise<unknown>,
  };
  const failing = (message: string): ServeError =>
    new ServeError({ code: 'import-failed', message });
  const reloads = new CodeReloads({
    clock,
    reload: {
      isPlanDue: false,
      changes: (paths) => Promise.resolve({ changed: paths, written: true }),
      run: async (files, signal) => {
        done.push(`reload ${[...files.keys()].join()}`);
        signal.addEventListener('abort', () => done.push('aborted'), { once: true });
        await is.waits;
        if (is.outcome !== undefined) throw failing(is.outcome);
      },
    },
    use: (work) => {
      done.push('use');
      return work;
    },
    untilContinued: async () => {
      await is.continued;
    },
    mend: () => (is.mend === undefined ? Promise.resolve() : Promise.reject(failing(is.mend))),
    states: () => is.states,
    stopped: stopped.signal,
    onChange: () => void done.push('change'),
  });
  return { clock, stopped, done, is, reloads };
}

const save = async ({ clock, reloads }: ReturnType<typeof reloading>): Promise<void> => {
  reloads.changed(['service.py']);
  await clock.pass(1000);
};

describe('code that was saved', () => {
  it('is served from the beginning on, once for a save', async () => {
    const set = reloading();
    await save(set);
    expect(set.done).toEqual([]);
    set.reloads.begin();
    await set.clock.pass(1000);
    expect(set.done).toEqual(['use', 'reload service.py', 'change']);
    expect(set.reloads.problem).toBeUndefined();
  });

  it.each<[readonly ComponentState[], boolean]>([
    [['ready', 'unhealthy', 'stopped'], true],
    [['ready', 'backingOff'], false],
    [['starting'], false],
    [['failed', 'ready'], false],
  ])('that cannot be served says so, and whether the old code is: %j: %s', async (states, is) => {
    const set = reloading();
    set.is.states = states;
    set.reloads.begin();
    set.is.outcome = 'No module named torch.';
    await save(set);
    expect(set.reloads.problem?.message).toContain('No module named torch.');
    expect(set.reloads.problem?.message.includes('still being served')).toBe(is);
    expect(set.reloads.problem?.code).toBe('import-failed');
    // A success ends the problem.
    set.is.outcome = undefined;
    await set.reloads.retry();
    expect(set.reloads.problem).toBeUndefined();
    expect(set.done.filter((one) => one === 'change')).toHaveLength(2);
  });

  it('is not tried where what it needs cannot be put back', async () => {
    const set = reloading();
    set.reloads.begin();
    set.is.mend = 'No space.';
    await save(set);
    expect(set.reloads.problem?.message).toContain('No space.');
    expect(set.done).toEqual(['use', 'change']);
  });

  it('waits until a debugger has let its workers go on', async () => {
    const set = reloading();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    set.is.continued = promise;
    set.reloads.begin();
    await save(set);
    expect(set.done).toEqual(['use']);
    resolve(undefined);
    await set.clock.pass(0);
    expect(set.done).toEqual(['use', 'reload service.py', 'change']);
  });

  it('says nothing when the bento stops meanwhile', async () => {
    const set = reloading();
    const waits = Promise.withResolvers<undefined>();
    set.is.waits = waits.promise;
    set.is.outcome = 'cancelled';
    set.reloads.begin();
    await save(set);
    set.stopped.abort();
    set.reloads.dispose();
    expect(set.done.at(-1)).toBe('aborted');
    waits.resolve(undefined);
    await set.clock.pass(1000);
    expect([set.reloads.problem, set.done.includes('change')]).toEqual([undefined, false]);
  });

  it('is no problem any more once the bento has stopped, and is not tried again', async () => {
    const set = reloading();
    set.reloads.begin();
    set.is.outcome = 'No module named torch.';
    await save(set);
    set.reloads.dispose();
    expect(set.reloads.problem).toBeUndefined();
    const before = set.done.length;
    await set.reloads.retry();
    await save(set);
    expect([set.done.length, set.clock.waiting]).toEqual([before, 0]);
  });
});
