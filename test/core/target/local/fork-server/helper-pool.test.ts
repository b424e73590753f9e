import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forLog, type LogText } from '../../../../../src/core/log';
import { HelperPool } from '../../../../../src/core/target/local/fork-server/helper-pool';
import type { BaseRequest, ServeRuntime } from '../../../../../src/core/target/local/serve-runtime';
import { FakeProcessHost } from '../../../../support/fake-process-host';
import { ManualClock } from '../../../../support/manual-clock';
import { checkAsync } from '../../../../support/properties';
import { quietLog } from '../../../../support/quiet-log';
import { settle } from '../../../../support/settle';

const idleMs = 600_000;
const never = new AbortController().signal;

const request = (python = 'python', folder = '/work'): BaseRequest => ({
  ...{ python, folder, env: {} },
  forkServer: { stack: 'service', preload: [] },
  forkServerLimitMs: 300_000,
});

/** A pool of runtimes that run nothing. */
function setUp(options: { readonly idleMs?: number } = {}) {
  const clock = new ManualClock();
  const log = quietLog();
  const hosts: FakeProcessHost[] = [];
  const state = {
    /** Called before a helper is started. */
    starts: () => Promise.resolve(),
    forkServer: undefined as LogText | undefined | Promise<LogText | undefined>,
    forkServerLost: undefined as LogText | undefined,
    isWhole: true,
    changes: 0,
    /** Called when a helper leaves idle priority. */
    prioritize: (helper: FakeProcessHost) => helper.prioritizeForkServer(),
    /** Which were started with idle priority. */
    idle: [] as boolean[],
    /** Takes its time, wherever something is waited for. */
    delay: () => Promise.resolve() as Promise<unknown>,
    /** The number of helpers that are being started, or have not ended. */
    running: 0,
  };
  const context = {
    ...{
      clock,
      log,
      platform: 'linux' as const,
      processEnv: {},
      scripts: '/scripts',
      runFiles: '/runs',
      bytecode: '/bytecode',
    },
    assertTrusted: () => undefined,
    warmIdleMs: options.idleMs ?? idleMs,
  };
  const pool = new HelperPool(
    context,
    () => (state.changes += 1),
    async (_, { folder, idle = false }, key, cancel): Promise<ServeRuntime> => {
      state.running += 1;
      state.idle.push(idle);
      try {
        await state.starts();
        cancel.throwIfAborted();
      } catch (error) {
        state.running -= 1;
        throw error;
      }
      const helper = new FakeProcessHost();
      hosts.push(helper);
      const ended = helper.ended.then(state.delay).then(() => (state.running -= 1));
      return {
        ...{ key, folder, helper, directory: '/run', stack: 'service', ended },
        canPlan: Promise.resolve(true),
        forkServer: Promise.resolve(state.forkServer),
        forkServerLost: () => state.forkServerLost,
        prioritize: () => state.prioritize(helper),
        isWhole: () => state.delay().then(() => state.isWhole),
      };
    },
  );
  const living = (): number => hosts.filter(({ isOver }) => !isOver).length;
  return { clock, log, hosts, state, pool, living };
}

describe('a helper that is started ahead of a serve', () => {
  it('is the one that the serve gets, without idle priority', async () => {
    const { pool, hosts, state } = setUp();
    const starting = pool.startAhead(request(), never);
    const base = await pool.acquire(request(), never);
    await starting;
    expect([base.helper === hosts[0], hosts.length, state.idle]).toEqual([true, 1, [false]]);
    expect(pool.waiting).toBe(0);
  });

  it('ends if the serve turns out to need another one, unless a serve has it', async () => {
    const { pool, hosts, state, living } = setUp();
    const [early, late, served] = [1, 2, 3].map(() => new AbortController());
    const starting = pool.startAhead(request('early'), early?.signal ?? never);
    early?.abort();
    await starting.catch(() => undefined);
    await pool.startAhead(request('late'), late?.signal ?? never);
    late?.abort();
    await pool.startAhead(request('served'), served?.signal ?? never);
    await pool.acquire(request('served'), never);
    served?.abort();
    await settle();
    // The first one was never created.
    expect(hosts.map(({ isOver }) => isOver)).toEqual([true, false]);
    expect([pool.waiting, living(), state.running]).toEqual([0, 1, 1]);
  });

  it('is not started if there is one already, it is cancelled, or the window closes', async () => {
    const { pool, hosts } = setUp();
    await pool.acquire(request(), never);
    await pool.startAhead(request(), never);
    await pool.startAhead(request('python3.12'), AbortSignal.abort());
    await pool.close();
    await pool.startAhead(request('python3.13'), never);
    expect(hosts).toHaveLength(1);
  });

  it('leaves it to the serve to report why it cannot be started', async () => {
    const { pool, state } = setUp();
    state.starts = () => Promise.reject(new Error('no Python'));
    await pool.startAhead(request(), never);
    await expect(pool.acquire(request(), never)).rejects.toThrow('no Python');
    expect([pool.waiting, state.running]).toEqual([0, 0]);
  });

  it('ends if no serve has acquired it after half a minute, and with all others', async () => {
    const { pool, clock, living } = setUp();
    await pool.startAhead(request('forgotten'), never);
    await clock.pass(29_999);
    expect(living()).toBe(1);
    await clock.pass(1);
    expect([living(), clock.waiting]).toEqual([0, 0]);
    await pool.startAhead(request('stopped'), never);
    await pool.endIdle();
    expect([living(), clock.waiting]).toEqual([0, 0]);
  });

  it('ends with a serve that is cancelled while it waits for it', async () => {
    const { pool, state, living } = setUp();
    const started = Promise.withResolvers<undefined>();
    state.starts = () => started.promise;
    const starting = pool.startAhead(request(), never);
    const cancel = new AbortController();
    const acquiring = pool.acquire(request(), cancel.signal);
    cancel.abort();
    await expect(acquiring).rejects.toThrow();
    started.resolve(undefined);
    await starting;
    await settle();
    expect([living(), state.running, pool.waiting]).toEqual([0, 0, 0]);
  });

  it('is still there for its serve when four bentos are served at once', async () => {
    const { pool, hosts } = setUp();
    const pythons = ['a', 'b', 'c', 'd'];
    await Promise.all(pythons.map((python) => pool.startAhead(request(python), never)));
    await Promise.all(pythons.map((python) => pool.acquire(request(python), never)));
    // Each helper is started once.
    expect(hosts).toHaveLength(4);
  });

  it('does not replace a helper that waits for another bento', async () => {
    const { pool, hosts } = setUp();
    for (const python of ['a', 'b', 'c'])
      await pool.release(await pool.acquire(request(python), never));
    const guess = new AbortController();
    await pool.startAhead(request('wrong'), guess.signal);
    guess.abort();
    await settle();
    expect([pool.waiting, hosts[0]?.isOver]).toEqual([3, false]);
  });

  it('ends if its fork server fails', async () => {
    const { pool, state, living } = setUp();
    state.forkServer = forLog('numpy cannot be imported');
    await pool.startAhead(request(), never);
    await settle();
    // No serve has acquired it, for example because the user did not enter a password.
    expect([pool.waiting, living()]).toEqual([0, 0]);
  });

  it('does not end by an abort after a serve has acquired and released it', async () => {
    const { pool, hosts } = setUp();
    const guess = new AbortController();
    await pool.startAhead(request(), guess.signal);
    await pool.release(await pool.acquire(request(), never));
    guess.abort();
    await settle();
    expect(hosts[0]?.isOver).toBe(false);
  });
});

describe('a helper that is released', () => {
  it('waits for the next serve of the same interpreter and environment', async () => {
    const { pool, hosts, clock } = setUp();
    const first = await pool.acquire(request(), never);
    await pool.release(first);
    expect([pool.waiting, clock.waiting]).toEqual([1, 1]);
    const second = await pool.acquire(request('python', '/other'), never);
    expect([second.helper === first.helper, second.folder]).toEqual([true, '/other']);
    expect([pool.waiting, clock.waiting, hosts.length]).toEqual([0, 0, 1]);
    const other = await pool.acquire(request('python3.12'), never);
    expect(other.helper).not.toBe(first.helper);
  });

  it('has ended everything that it ran', async () => {
    const { pool, hosts } = setUp();
    await pool.release(await pool.acquire(request(), never));
    expect(hosts[0]?.requests).toEqual(['reset']);
  });

  it('waits while its fork server still imports modules, and ends if that fails', async () => {
    for (const why of [undefined, forLog('numpy cannot be imported')]) {
      const { pool, state, living } = setUp();
      const imported = Promise.withResolvers<LogText | undefined>();
      state.forkServer = imported.promise;
      await pool.release(await pool.acquire(request(), never));
      expect([pool.waiting, living()]).toEqual([1, 1]);
      imported.resolve(why);
      await settle();
      const left = why === undefined ? 1 : 0;
      expect([pool.waiting, living()]).toEqual([left, left]);
    }
  });

  it('that serves again before its fork server fails is not ended', async () => {
    const { pool, state, living } = setUp();
    const imported = Promise.withResolvers<LogText | undefined>();
    state.forkServer = imported.promise;
    const first = await pool.acquire(request(), never);
    await pool.release(first);
    const again = await pool.acquire(request(), never);
    imported.resolve(forLog('numpy cannot be imported'));
    await settle();
    expect([again.helper === first.helper, pool.waiting, living()]).toEqual([true, 0, 1]);
  });

  type Set = ReturnType<typeof setUp>;
  it.each<[string, (set: Set, base: ServeRuntime) => void]>([
    ['that has no fork server', ({ state }) => (state.forkServer = forLog('it cannot be forked'))],
    ['whose fork server has died', ({ state }) => (state.forkServerLost = forLog('it was killed'))],
    ['whose directory was removed', ({ state }) => (state.isWhole = false)],
    ['that has died', ({ hosts }) => hosts[0]?.die()],
  ])('ends: one %s', async (_, change) => {
    const set = setUp();
    if (_.includes('fork server')) change(set, undefined as never);
    const base = await set.pool.acquire(request(), never);
    if (!_.includes('fork server')) change(set, base);
    await set.pool.release(base);
    await settle();
    expect([set.pool.waiting, set.living(), set.clock.waiting]).toEqual([0, 0, 0]);
  });

  it('ends where none is to wait', async () => {
    const { pool, living } = setUp({ idleMs: 0 });
    await pool.release(await pool.acquire(request(), never));
    expect([pool.waiting, living()]).toEqual([0, 0]);
  });

  it('ends where one like it waits already', async () => {
    const { pool, living } = setUp();
    const both = [await pool.acquire(request(), never), await pool.acquire(request(), never)];
    for (const base of both) await pool.release(base);
    expect([pool.waiting, living()]).toEqual([1, 1]);
  });

  it('ends the one that has waited longest where three wait', async () => {
    const { pool, hosts } = setUp();
    for (const python of ['a', 'b', 'c', 'd']) {
      await pool.release(await pool.acquire(request(python), never));
    }
    expect(pool.waiting).toBe(3);
    expect(hosts.map(({ isOver }) => isOver)).toEqual([true, false, false, false]);
  });

  it('ends when nobody has served with it for a while', async () => {
    const { pool, clock, living } = setUp();
    await pool.release(await pool.acquire(request(), never));
    await clock.pass(idleMs - 1);
    expect(living()).toBe(1);
    await clock.pass(1);
    expect([pool.waiting, living(), clock.waiting]).toEqual([0, 0, 0]);
  });

  it('is forgotten when it dies while it waits', async () => {
    const { pool, hosts, clock } = setUp();
    await pool.release(await pool.acquire(request(), never));
    hosts[0]?.die();
    await settle();
    expect([pool.waiting, clock.waiting]).toEqual([0, 0]);
  });

  it('ends when all of them end while it is being released', async () => {
    const { pool, living, clock } = setUp();
    const base = await pool.acquire(request(), never);
    const released = pool.release(base);
    await pool.endIdle();
    await released;
    await settle();
    expect([pool.waiting, living(), clock.waiting]).toEqual([0, 0, 0]);
  });
});

describe('a helper that is acquired', () => {
  it('is a new one where the directory of the one that waits was removed', async () => {
    const { pool, state, hosts, living } = setUp();
    await pool.release(await pool.acquire(request(), never));
    state.isWhole = false;
    await pool.acquire(request(), never);
    expect([hosts.length, living(), pool.waiting]).toEqual([2, 1, 0]);
  });

  it('is a new one where the fork server of the one that waits has died', async () => {
    const { pool, state, hosts, living } = setUp();
    await pool.release(await pool.acquire(request(), never));
    state.forkServerLost = forLog('it was killed');
    await pool.acquire(request(), never);
    expect([hosts.length, living(), pool.waiting]).toEqual([2, 1, 0]);
  });

  it('is the one that is being started', async () => {
    const { pool, state, hosts } = setUp();
    const start = Promise.withResolvers<undefined>();
    state.starts = () => start.promise.then(() => undefined);
    const warmed = pool.warm(request());
    const acquired = pool.acquire(request(), never);
    start.resolve(undefined);
    await acquired;
    await warmed;
    expect(hosts).toHaveLength(1);
  });

  it('can be tried again when it cannot be started', async () => {
    const { pool, state } = setUp();
    state.starts = () => Promise.reject(new Error('no'));
    await expect(pool.acquire(request(), never)).rejects.toThrow('no');
    state.starts = () => Promise.resolve();
    expect(await pool.warm(request())).toBeUndefined();
    expect(pool.waiting).toBe(1);
  });

  it('is not started when that was cancelled', async () => {
    const { pool, hosts } = setUp();
    const signal = AbortSignal.abort(new Error('cancelled'));
    await expect(pool.acquire(request(), signal)).rejects.toThrow('cancelled');
    expect(hosts).toEqual([]);
  });
});

describe('one that was started before anybody serves with it', () => {
  it('has idle priority until a serve has it', async () => {
    const { pool, state, hosts } = setUp();
    await pool.warm(request());
    expect([state.idle, hosts[0]?.requests]).toEqual([[true], []]);
    await pool.acquire(request(), never);
    expect(hosts[0]?.requests).toEqual(['prioritize']);
    await pool.acquire(request('other'), never);
    expect(state.idle).toEqual([true, false]);
  });

  it('ends where its priority stays idle, and another one serves', async () => {
    const { pool, state, hosts } = setUp();
    await pool.warm(request());
    state.prioritize = () => Promise.reject(new Error('no'));
    const base = await pool.acquire(request(), never);
    expect([hosts.length, hosts[0]?.isOver, base.helper === hosts[1]]).toEqual([2, true, true]);
  });
});

describe('warming up', () => {
  it('starts one, which waits', async () => {
    const { pool, living } = setUp();
    expect(await pool.warm(request())).toBeUndefined();
    expect([pool.waiting, living()]).toEqual([1, 1]);
  });

  it('starts none where one like it waits, serves or is being started', async () => {
    const { pool, hosts } = setUp();
    await pool.warm(request('waits'));
    await pool.acquire(request('serves'), never);
    const starting = pool.warm(request('starts'));
    for (const python of ['waits', 'serves', 'starts']) {
      expect(await pool.warm(request(python))).toEqual(forLog('a helper like it is there already'));
    }
    await starting;
    expect(hosts).toHaveLength(3);
  });

  it('starts none where three wait', async () => {
    const { pool } = setUp();
    for (const python of ['a', 'b', 'c']) await pool.warm(request(python));
    expect(await pool.warm(request('d'))).toEqual(forLog('3 helpers wait already'));
  });

  it('says why no worker can be forked, and ends it', async () => {
    const { pool, state, living } = setUp();
    state.forkServer = forLog('torch cannot be preloaded');
    expect(await pool.warm(request())).toEqual(forLog('torch cannot be preloaded'));
    expect([pool.waiting, living()]).toEqual([0, 0]);
  });

  it('ends with all others, also while it starts', async () => {
    const { pool, state, living } = setUp();
    const start = Promise.withResolvers<undefined>();
    state.starts = () => start.promise.then(() => undefined);
    const warmed = pool.warm(request());
    const ended = pool.endIdle();
    start.resolve(undefined);
    await Promise.all([warmed, ended]);
    expect([pool.waiting, living()]).toEqual([0, 0]);
  });
});

describe('when the window closes', () => {
  it('what waits and what starts has ended, and none is started any more', async () => {
    const { pool, state, hosts } = setUp();
    await pool.warm(request('waits'));
    const start = Promise.withResolvers<undefined>();
    state.starts = () => start.promise.then(() => undefined);
    const warmed = pool.warm(request('starts'));
    const closed = pool.close();
    start.resolve(undefined);
    await closed;
    expect([pool.waiting, state.running]).toEqual([0, 0]);
    expect((await warmed)?.inLog).toBeTypeOf('string');
    expect(await pool.warm(request('late'))).toEqual(forLog('the window is closing'));
    await expect(pool.acquire(request(), never)).rejects.toMatchObject({ code: 'cancelled' });
    expect([hosts.length, state.running]).toEqual([1, 0]);
  });
});

it('ends those of folders that are gone, and no others', async () => {
  const { pool, hosts } = setUp();
  await pool.warm(request('a', '/gone'));
  await pool.warm(request('b', '/stays'));
  await pool.endIdleOf((folder) => folder === '/gone');
  expect(hosts.map(({ isOver }) => isOver)).toEqual([true, false]);
});

it('loses no helper, gives none to two, and keeps no more than three, in any order', async () => {
  type Act = 'acquire' | 'release' | 'warm' | 'die' | 'endIdle' | 'pass' | 'turn';
  const acts = fc.array(
    fc.tuple(
      fc.constantFrom<Act>(
        'acquire',
        'acquire',
        'release',
        'release',
        'warm',
        'die',
        'endIdle',
        'pass',
        'turn',
      ),
      fc.nat({ max: 4 }),
    ),
    { maxLength: 40, size: 'max' },
  );
  await checkAsync(
    fc.asyncProperty(acts, async (all) => {
      const { pool, hosts, clock, living } = setUp();
      const serving: ServeRuntime[] = [];
      const pending: Promise<unknown>[] = [];
      for (const [act, which] of all) {
        const own = request(`python${which}`);
        if (act === 'acquire') {
          pending.push(pool.acquire(own, never).then((base) => serving.push(base)));
        } else if (act === 'release') {
          const [base] = serving.splice(which, 1);
          if (base !== undefined) pending.push(pool.release(base));
        } else if (act === 'warm') pending.push(pool.warm(own));
        else if (act === 'die') hosts[which]?.die();
        else if (act === 'endIdle') pending.push(pool.endIdle());
        else if (act === 'pass') await clock.pass(idleMs / 4);
        else await settle();
        expect(new Set(serving.map(({ helper }) => helper)).size).toBe(serving.length);
        expect(pool.waiting).toBeLessThanOrEqual(4);
      }
      await Promise.all(pending);
      expect(pool.waiting).toBeLessThanOrEqual(3);
      await Promise.all(serving.map((base) => pool.release(base)));
      await pool.endIdle();
      await settle();
      expect([pool.waiting, living(), clock.waiting]).toEqual([0, 0, 0]);
    }),
    300,
  );
});

it('once all have ended nothing runs, is being started, or starts later, in any order', async () => {
  type Act =
    'acquire' | 'release' | 'warm' | 'cancel' | 'die' | 'endIdle' | 'gone' | 'pass' | 'turn';
  const all = ['acquire', 'release', 'warm', 'cancel', 'die', 'endIdle', 'gone', 'pass', 'turn'];
  const acts = fc.array(fc.tuple(fc.constantFrom(...(all as readonly Act[])), fc.nat({ max: 4 })), {
    maxLength: 15,
  });
  await checkAsync(
    fc.asyncProperty(fc.scheduler(), acts, async (scheduler, steps) => {
      const { pool, hosts, clock, state } = setUp();
      state.delay = () => scheduler.schedule(Promise.resolve());
      state.starts = () => scheduler.schedule(Promise.resolve());
      const serves: { readonly cancel: AbortController; readonly done: Promise<void> }[] = [];
      const serve = (request_: BaseRequest): void => {
        const cancel = new AbortController();
        const stopped = new Promise<void>((resolve) => {
          cancel.signal.addEventListener('abort', () => resolve(), { once: true });
        });
        const served = pool.acquire(request_, cancel.signal).then(async (base) => {
          await stopped;
          await pool.release(base);
        });
        serves.push({ cancel, done: served.catch(() => undefined) });
      };
      for (const [act, which] of steps) {
        if (act === 'acquire') serve(request(`python${which}`));
        else if (act === 'warm') void pool.warm(request(`python${which}`, `/${which}`));
        else if (act === 'die') hosts[which]?.die();
        else if (act === 'endIdle') void pool.endIdle();
        else if (act === 'gone') void pool.endIdleOf((folder) => folder === `/${which}`);
        else if (act === 'pass') await clock.pass(idleMs / 2);
        else if (act === 'turn') await settle();
        else serves[which]?.cancel.abort();
        if (scheduler.count() > 0 && which % 2 === 0) await scheduler.waitNext(1);
      }
      // As Stop All does.
      for (const { cancel } of serves) cancel.abort();
      await scheduler.waitFor(Promise.all(serves.map(({ done }) => done)));
      await scheduler.waitFor(pool.endIdle());
      expect([pool.waiting, state.running, clock.waiting]).toEqual([0, 0, 0]);
      await settle();
      expect([pool.waiting, state.running, scheduler.count()]).toEqual([0, 0, 0]);
    }),
    300,
  );
});
