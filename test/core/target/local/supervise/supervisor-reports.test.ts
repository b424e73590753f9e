import { describe, expect, it } from 'vitest';
import { settle } from '../../../../support/settle';
import {
  ok,
  ready,
  refused,
  silent,
  supervised,
  type Supervised,
} from '../../../../support/supervised';

/** Counts the changes that an action reports. */
async function changes({ supervisor }: Supervised, act: () => unknown): Promise<number> {
  let count = 0;
  const listener = supervisor.onDidChange(() => count++);
  await act();
  await settle();
  listener.dispose();
  return count;
}

/** Counts the calls of the probe. */
function questions({ probe }: Supervised): () => number {
  let count = 0;
  probe.delay = () => Promise.resolve(count++);
  return () => count;
}

describe('the log of a component', () => {
  it('reports a start, a period without an answer, and a stop', async () => {
    const set = await ready();
    set.probe.answer = refused;
    await set.clock.pass(5000);
    set.probe.answer = ok;
    await set.clock.pass(5000);
    await set.supervisor.stop();
    expect(set.events).toEqual([
      'ready after 0.1 s',
      'unhealthy: http is not ready: not yet.',
      'ready again',
      'stopping',
      'http#1 (pid 1000) was terminated by SIGTERM',
      'stopped',
    ]);
  });

  it('reports how long the start took', async () => {
    const set = supervised();
    set.probe.answer = refused;
    set.supervisor.start();
    await set.clock.pass(2000);
    set.probe.answer = ok;
    await set.clock.pass(1000);
    expect(set.events).toEqual([expect.stringMatching(/^ready after [23]\.\d s$/)]);
  });

  it('reports the crash of the only worker, and when it is restarted', async () => {
    const set = await ready();
    set.events.length = 0;
    await set.crash();
    await set.clock.pass(2000);
    expect(set.events).toEqual([
      expect.stringMatching(/^http#1 \(pid 1000\) was killed by SIGKILL/),
      'restart in 1.0 s',
      'ready after 0.1 s',
    ]);
  });

  it('reports the crash of one of two workers, and when it is replaced', async () => {
    const set = await ready({ workers: 2 });
    set.events.length = 0;
    await set.crash();
    await set.clock.pass(2000);
    expect(set.events).toEqual([
      expect.stringMatching(/^http#1 \(pid 1000\) was killed by SIGKILL/),
      'a new worker in 1.0 s',
    ]);
  });

  it('reports why a worker cannot be replaced', async () => {
    let refuses = false;
    const set = await ready({ workers: 2, program: () => (refuses ? { refused: 'EAGAIN' } : {}) });
    refuses = true;
    await set.crash();
    set.events.length = 0;
    await set.clock.pass(1100);
    expect(set.events).toEqual([expect.stringContaining('EAGAIN'), 'a new worker in 2.0 s']);
  });

  it('reports why a start failed', async () => {
    const set = supervised();
    set.probe.answer = refused;
    set.supervisor.start();
    await set.clock.pass(100);
    await set.crash();
    expect(set.events.at(-1)).toBe('failed: http#1 ended with SIGKILL.');
    expect(set.supervisor.problem).toMatchObject({ code: 'crashed', component: 'http' });
  });

  it('reports that a stop is forced', async () => {
    const set = await ready({ program: () => ({ stubborn: true }) });
    void set.supervisor.stop();
    await set.supervisor.stop();
    expect(set.events).toContain('ending it by force');
  });

  it('reports what hangs before it is restarted, and nothing that still answers', async () => {
    const set = await ready({ supervisor: { onHang: 'restart' } });
    set.events.length = 0;
    await set.clock.pass(10_000);
    expect(set.events).toEqual([]);
    set.probe.answer = silent;
    await set.clock.pass(20_000);
    expect(set.events[0]).toMatch(/^http .*no answer/);
  });
});

describe('a change is reported', () => {
  it.each<[string, (set: Supervised) => unknown]>([
    ['it stops', ({ supervisor }) => supervisor.stop()],
    ['a worker ends', (set) => set.crash()],
    ['a worker is replaced', async (set) => set.crash().then(() => set.clock.pass(1100))],
    [
      'it does not answer',
      async ({ probe, clock }) => {
        probe.answer = refused;
        await clock.pass(5000);
      },
    ],
    [
      'it answers more slowly',
      async ({ probe, clock }) => {
        probe.answer = { outcome: 'ok', latencyMs: 40 };
        await clock.pass(5000);
      },
    ],
    [
      'its workers have changed',
      async ({ supervisor }) => {
        await (await supervisor.renew(new AbortController().signal)).commit();
      },
    ],
  ])('when %s', async (_, act) => {
    const set = await ready({ workers: 2 });
    expect(await changes(set, () => act(set))).toBeGreaterThan(0);
  });

  it('when the reason why it is not ready yet has changed', async () => {
    const set = supervised();
    set.probe.answer = refused;
    set.supervisor.start();
    await set.clock.pass(1000);
    set.probe.answer = { outcome: 'refused', reason: 'still loading' };
    expect(await changes(set, () => set.clock.pass(1000))).toBeGreaterThan(0);
    expect(set.supervisor.waitingFor).toBe('still loading');
  });

  it('when a new worker has come after a crash, though the state is the same', async () => {
    const set = await ready({ workers: 2 });
    await set.crash();
    expect(await changes(set, () => set.clock.pass(1100))).toBeGreaterThan(0);
    expect(set.supervisor.state).toBe('ready');
  });

  it.each<[string, (set: Supervised) => unknown]>([
    ['a start of what is ready', ({ supervisor }) => supervisor.start()],
    ['an answer as quick as the last one', ({ clock }) => clock.pass(20_000)],
  ])('not after %s', async (_, act) => {
    const set = await ready();
    await set.clock.pass(10_000);
    expect(await changes(set, () => act(set))).toBe(0);
  });

  it('not after a stop of what is stopped', async () => {
    const set = supervised();
    expect(await changes(set, () => set.supervisor.stop())).toBe(0);
  });

  it('once, when a stop that lasts long is forced', async () => {
    const set = await ready({ program: () => ({ stubborn: true }) });
    await changes(set, () => void set.supervisor.stop());
    expect(await changes(set, () => set.clock.pass(10_000))).toBeGreaterThan(0);
  });

  it('to nobody once it is disposed of, and its workers are ended by others', async () => {
    const set = await ready();
    set.events.length = 0;
    const count = await changes(set, async () => {
      set.supervisor.dispose();
      await set.crash();
      set.supervisor.start();
      await set.clock.pass(10_000);
    });
    expect([count, set.events, set.clock.waiting]).toEqual([0, [], 0]);
  });
});

describe('before the first start', () => {
  it('there is nothing to show', () => {
    const { supervisor } = supervised();
    const { state, problem, startedAt, readyAt, latencyMs, recentErrors } = supervisor;
    const { waitingFor, stopping } = supervisor;
    expect({ state, problem, startedAt, readyAt, latencyMs, recentErrors }).toEqual({
      ...{ state: 'stopped', problem: undefined, startedAt: undefined, readyAt: undefined },
      ...{ latencyMs: undefined, recentErrors: 0 },
    });
    expect([waitingFor, stopping]).toEqual([undefined, undefined]);
  });

  it('actions have no effect', async () => {
    const set = supervised();
    set.supervisor.reconsider();
    set.supervisor.setPaused(true);
    set.supervisor.setPaused(false);
    const renewal = await set.supervisor.renew(new AbortController().signal);
    await renewal.commit();
    await set.supervisor.stop();
    expect([set.supervisor.state, set.events, set.host.requests]).toEqual(['stopped', [], []]);
  });
});

describe('what a component shows of its launch', () => {
  it('is when it was started, when it was ready, and how quickly it answers', async () => {
    const set = supervised();
    set.probe.answer = refused;
    await set.clock.pass(500);
    const since = set.clock.date();
    set.supervisor.start();
    await set.clock.pass(2000);
    expect([set.supervisor.startedAt, set.supervisor.readyAt]).toEqual([since, undefined]);
    set.probe.answer = { outcome: 'ok', latencyMs: 41.6 };
    await set.clock.pass(6000);
    expect(set.supervisor.latencyMs).toBe(42);
    expect(set.supervisor.readyAt).toBeGreaterThan(since + 1999);
    expect(set.supervisor.waitingFor).toBeUndefined();
  });

  it.each([
    [false, 'is its present latency', 1, 60],
    [true, 'is no latency on a private socket, where it causes no change', 0, undefined],
  ])('(private: %s) %s', async (isPrivate, _, times, latencyMs) => {
    const set = await ready({ isPrivate });
    await set.clock.pass(6000);
    set.probe.answer = { outcome: 'ok', latencyMs: 60 };
    expect(await changes(set, () => set.clock.pass(6000))).toBe(times);
    expect(set.supervisor.latencyMs).toBe(latencyMs);
  });

  it('is what it waits for, only while it starts', async () => {
    const set = supervised();
    set.facts.blockedBy = 'runner';
    set.supervisor.start();
    await set.clock.pass(1000);
    expect([set.supervisor.state, set.supervisor.waitingFor]).toEqual(['starting', 'runner']);
    set.facts.blockedBy = undefined;
    await set.clock.pass(1000);
    expect([set.supervisor.state, set.supervisor.waitingFor]).toEqual(['ready', undefined]);
    set.facts.blockedBy = 'runner';
    expect(set.supervisor.waitingFor).toBeUndefined();
  });

  it('is how many requests failed since it was started', async () => {
    let total = 7;
    const set = await ready({ errorTotal: () => Promise.resolve(total) });
    await set.clock.pass(5000);
    expect(set.supervisor.recentErrors).toBe(0);
    total = 10;
    expect(await changes(set, () => set.clock.pass(5000))).toBeGreaterThan(0);
    expect(set.supervisor.recentErrors).toBe(3);
    await set.supervisor.stop();
    expect(set.supervisor.recentErrors).toBe(0);
  });

  it('starts no worker if it is stopped while its errors are read', async () => {
    const read = Promise.withResolvers<number>();
    const set = supervised({ errorTotal: () => read.promise });
    set.supervisor.start();
    await settle();
    await set.supervisor.stop();
    read.resolve(1);
    await settle();
    expect(set.host.requests).not.toContain('spawn http#1');
    expect(set.clock.waiting).toBe(0);
  });
});

describe('a component that depends on another', () => {
  it('is not ready as soon as the other is not, and ready again as soon as it is', async () => {
    const set = await ready();
    // Between two rounds of probes.
    await set.clock.pass(8000);
    const asked = questions(set);
    set.facts.blockedBy = 'runner';
    set.supervisor.reconsider();
    expect(set.supervisor.state).toBe('unhealthy');
    expect(set.supervisor.problem).toMatchObject({ code: 'not-ready', component: 'http' });
    set.facts.blockedBy = undefined;
    set.supervisor.reconsider();
    expect(set.supervisor.state).toBe('ready');
    await set.clock.pass(100);
    expect(asked()).toBe(0);
  });

  it('is asked at once if it was not ready itself', async () => {
    const set = await ready();
    set.probe.answer = refused;
    await set.clock.pass(5000);
    const asked = questions(set);
    set.probe.answer = ok;
    set.supervisor.reconsider();
    await set.clock.pass(100);
    expect(asked()).toBeGreaterThan(0);
    expect(set.supervisor.state).toBe('ready');
  });
});

describe('a pause by a debugger', () => {
  it('causes a new probe when it ends, and only then', async () => {
    const set = await ready();
    // Between two rounds of probes.
    await set.clock.pass(8000);
    const asked = questions(set);
    set.supervisor.setPaused(false);
    set.supervisor.setPaused(true);
    set.supervisor.setPaused(true);
    await set.clock.pass(100);
    expect(asked()).toBe(0);
    set.supervisor.setPaused(false);
    await set.clock.pass(100);
    const first = asked();
    set.supervisor.setPaused(false);
    await set.clock.pass(100);
    expect([first > 0, asked()]).toEqual([true, first]);
  });

  it('takes an answer that it is ready', async () => {
    const set = supervised();
    set.probe.answer = refused;
    set.supervisor.start();
    await set.clock.pass(1000);
    set.supervisor.setPaused(true);
    set.probe.answer = ok;
    await set.clock.pass(1000);
    expect(set.supervisor.state).toBe('ready');
  });
});

describe('the workers of an arbiter', () => {
  const arbiter = { arbiter: true, program: () => ({ workers: 2 }) } as const;
  const starting = async (): Promise<Supervised> => {
    const set = supervised(arbiter);
    set.probe.answer = refused;
    set.supervisor.start();
    await set.clock.pass(100);
    return set;
  };

  it('are logged when they end, but not when they start', async () => {
    const set = await starting();
    expect(set.events).toEqual([]);
    expect(await changes(set, () => set.host.setWorkers('http#1', [1001, 1002, 1003]))).toBe(1);
    expect(set.events).toEqual([]);
    const both = (): void => set.host.setWorkers('http#1', [1003]);
    expect(await changes(set, both)).toBeGreaterThan(0);
    expect(set.events).toEqual(['a worker of http#1 (pid 1001, 1002) ended']);
  });

  it('are a failure if they keep ending before any is ready', async () => {
    const set = await starting();
    for (const pids of [[2001], [2002], [2003], [2004]]) {
      set.host.setWorkers('http#1', pids);
      await settle();
    }
    await set.clock.pass(1000);
    expect(set.supervisor.state).toBe('failed');
    expect(set.supervisor.problem).toMatchObject({
      ...{ code: 'crashed', component: 'http', message: 'http#1 ended with null.' },
    });
  });

  it('are no failure if they end while it is ready', async () => {
    const set = await ready(arbiter);
    for (const pids of [[2001], [2002], [2003], [2004]]) {
      set.host.setWorkers('http#1', pids);
      await settle();
    }
    expect(set.supervisor.state).toBe('ready');
  });
});

describe('the time for a start', () => {
  it('begins again while a debugger is attached', async () => {
    let isDebugging = true;
    const set = supervised({ supervisor: { isDebugging: () => isDebugging } });
    set.probe.answer = refused;
    set.supervisor.start();
    await set.clock.pass(150_000);
    expect(set.supervisor.state).toBe('starting');
    isDebugging = false;
    await set.clock.pass(60_000);
    expect(set.supervisor.state).toBe('failed');
    expect(set.supervisor.problem).toMatchObject({ code: 'start-timeout', component: 'http' });
  });

  it('is over when it is ready', async () => {
    const set = await ready();
    expect(set.clock.waiting).toBe(1);
    set.facts.blockedBy = 'runner';
    await set.clock.pass(120_000);
    expect(set.supervisor.state).toBe('unhealthy');
  });

  it('has no limit where it is only watched, which is not ready with its first answer', async () => {
    const set = supervised({ supervisor: { watchOnly: true }, remote: true });
    set.probe.answer = refused;
    set.supervisor.start();
    await set.clock.pass(1000);
    expect(set.supervisor.state).toBe('unhealthy');
    await set.clock.pass(120_000);
    expect(set.supervisor.state).toBe('unhealthy');
    expect(set.supervisor.problem?.code).toBe('not-ready');
  });
});

it('blames the debugger only for what runs here', async () => {
  const problem = async (remote: boolean): Promise<string | undefined> => {
    const set = await ready({ remote, supervisor: { isDebugging: () => true } });
    set.probe.answer = silent;
    await set.clock.pass(20_000);
    return set.supervisor.problem?.code;
  };
  expect(await problem(false)).toBe('not-ready');
  expect(await problem(true)).toBe('unresponsive');
});
