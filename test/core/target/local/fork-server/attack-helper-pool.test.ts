import { expect, it } from 'vitest';
import { forLog, type LogText } from '../../../../../src/core/log';
import { HelperPool } from '../../../../../src/core/target/local/fork-server/helper-pool';
import type { BaseRequest, ServeRuntime } from '../../../../../src/core/target/local/serve-runtime';
import { FakeProcessHost } from '../../../../support/fake-process-host';
import { ManualClock } from '../../../../support/manual-clock';
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
    /** What happens before one is started. */
    starts: () => Promise.resolve(),
    forkServer: undefined as LogText | undefined | Promise<LogText | undefined>,
    forkServerLost: undefined as LogText | undefined,
    isWhole: true,
    changes: 0,
    /** What happens when one is to have no idle priority any more. */
    prioritize: (helper: FakeProcessHost) => helper.prioritizeForkServer(),
    /** Which were started with idle priority. */
    idle: [] as boolean[],
    /** Takes its time, wherever something is waited for. */
    delay: () => Promise.resolve() as Promise<unknown>,
    /** Those that are being started, or have not ended. */
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


it('is still there for its serve when four bentos are served at once', async () => {
  const { pool, hosts } = setUp();
  const pythons = ['a', 'b', 'c', 'd'];
  await Promise.all(pythons.map((python) => pool.startAhead(request(python), never)));
  await Promise.all(pythons.map((python) => pool.acquire(request(python), never)));
  // Each helper is started once.
  expect(hosts).toHaveLength(4);
});

it('a wrong guess does not end the helper that waits for another bento', async () => {
  const { pool, hosts } = setUp();
  for (const python of ['a', 'b', 'c']) await pool.release(await pool.acquire(request(python), never));
  const guess = new AbortController();
  await pool.startAhead(request('wrong'), guess.signal);
  guess.abort();
  await settle();
  expect([pool.waiting, hosts[0]?.isOver]).toEqual([3, false]);
});

it('one whose fork server failed does not wait, as with the others', async () => {
  const { pool, state, living } = setUp();
  state.forkServer = forLog('numpy cannot be imported');
  await pool.startAhead(request(), never);
  await settle();
  // The serve ends before it acquires it: a password is not given.
  expect([pool.waiting, living()]).toEqual([0, 0]);
});

it('an abort ends only what was started ahead, not what another serve gave back', async () => {
  const { pool, hosts } = setUp();
  const guess = new AbortController();
  await pool.startAhead(request(), guess.signal);
  await pool.release(await pool.acquire(request(), never));
  guess.abort();
  await settle();
  expect(hosts[0]?.isOver).toBe(false);
});
