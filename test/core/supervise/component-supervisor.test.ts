import { describe, expect, it } from 'vitest';
import { Emitter } from '../../../src/core/events';
import type { Probe } from '../../../src/core/health/probe';
import type { ExitStatus } from '../../../src/core/launch/exit-status';
import type { WorkerExit } from '../../../src/core/launch/worker-generation';
import { noWorkers, type Workers } from '../../../src/core/launch/workers';
import type { ComponentLog } from '../../../src/core/logs/component-log';
import { ComponentSupervisor } from '../../../src/core/supervise/component-supervisor';
import { backoffPolicy } from '../../../src/core/supervise/restart-policy';
import { ManualClock } from '../../support/manual-clock';

const killed: ExitStatus = { code: null, signal: 'SIGKILL' };

/** Workers that live until a test ends them. */
class FakeWorkers {
  readonly #exited = new Emitter<WorkerExit>();
  readonly #ended = new Emitter<void>();
  readonly onExit = this.#exited.event;
  readonly wanted: number;
  alive = 0;
  restarts = 0;
  stubborn = false;

  constructor(wanted: number) {
    this.wanted = wanted;
  }

  get missing(): number {
    return this.wanted - this.alive;
  }

  start = (): Promise<void> => {
    this.alive = this.wanted;
    return Promise.resolve();
  };

  countRestart = (times = 1): void => void (this.restarts += times);

  die(status: ExitStatus = killed): void {
    this.alive -= 1;
    this.#exited.fire({ process: `http#${this.alive}`, pid: 100 + this.alive, status });
    if (this.alive === 0) this.#ended.fire();
  }

  terminate = (): Promise<void> => {
    if (!this.stubborn) while (this.alive > 0) this.die({ code: 0, signal: null });
    return Promise.resolve();
  };

  retire = (): Promise<void> => this.terminate();

  kill = (): Promise<void> => {
    while (this.alive > 0) this.die();
    return Promise.resolve();
  };

  ended = (): Promise<void> =>
    this.alive === 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          const ended = this.#ended.event(() => {
            ended.dispose();
            resolve();
          });
        });

  /** New ones serve at once. */
  renew = (): Promise<{ commit: () => Promise<void>; abandon: () => Promise<void> }> =>
    Promise.resolve({
      commit: () => {
        this.alive = this.wanted;
        return Promise.resolve();
      },
      abandon: () => Promise.resolve(),
    });
}

async function setUp(wanted = 2) {
  const clock = new ManualClock();
  const workers = new FakeWorkers(wanted);
  const events: string[] = [];
  const probe: Probe = {
    ready: () => Promise.resolve({ outcome: 'ok', latencyMs: 1 }),
    live: () => Promise.resolve({ outcome: 'ok', latencyMs: 1 }),
    dispose: () => undefined,
  };
  const supervisor = new ComponentSupervisor(
    {
      id: 'http',
      name: 'http',
      remote: false,
      workers: Object.assign(workers, {
        ...Object.fromEntries(Object.entries(noWorkers).filter(([key]) => !(key in workers))),
      }) as unknown as Workers,
      log: {
        event: (text: string) => void events.push(text),
        output: { tail: () => '' },
      } as unknown as ComponentLog,
      adviceWhenLate: 'wait',
      makeProbe: () => probe,
      beforeLaunch: () => Promise.resolve(),
      blockedBy: () => undefined,
      crashProblem: () => ({ code: 'crashed', message: 'http crashed.' }),
    },
    {
      health: { intervalMs: 5000, timeoutMs: 1000, failureThreshold: 3 },
      onHang: 'notify',
      isDebugging: () => false,
      startTimeoutMs: 60_000,
      watchOnly: false,
      gracePeriodMs: 10_000,
      clock,
      freshPolicy: () => backoffPolicy(() => 0.5),
    },
  );
  supervisor.start();
  await clock.pass(1000);
  expect(supervisor.state).toBe('ready');
  return { clock, workers, supervisor, events };
}

describe('the replacement of a worker', () => {
  it('happens after a wait, and is counted', async () => {
    const { clock, workers } = await setUp();
    workers.die();
    await clock.pass(900);
    expect([workers.alive, workers.restarts]).toEqual([1, 0]);
    await clock.pass(200);
    expect([workers.alive, workers.restarts]).toEqual([2, 1]);
  });

  it.each([
    ['a restart', (one: ComponentSupervisor) => Promise.resolve(one.restart())],
    [
      'a stop and a start',
      async (one: ComponentSupervisor) => {
        await one.stop();
        one.start();
      },
    ],
    [
      'new workers beside the old ones',
      async (one: ComponentSupervisor) => {
        await (await one.renew(new AbortController().signal)).commit();
      },
    ],
  ])('is given up for %s, which is not counted', async (_, act) => {
    const { clock, workers, supervisor } = await setUp();
    workers.die();
    await act(supervisor);
    await clock.pass(60_000);
    expect(supervisor.state).toBe('ready');
    expect([workers.alive, workers.restarts]).toEqual([2, 0]);
  });

  it('is given up with a stop', async () => {
    const { clock, workers, supervisor } = await setUp();
    workers.die();
    await supervisor.stop();
    await clock.pass(60_000);
    expect([supervisor.state, workers.alive, workers.restarts]).toEqual(['stopped', 0, 0]);
    expect(clock.waiting).toBe(0);
  });
});

describe('the wait before a restart', () => {
  const crash = async ({ clock, workers }: Awaited<ReturnType<typeof setUp>>, times: number) => {
    for (let count = 0; count < times; count++) {
      workers.die();
      await clock.pass(20_000);
    }
  };

  it('is the first one again after a restart by hand, and ends by it', async () => {
    const set = await setUp(1);
    const { clock, workers, supervisor, events } = set;
    await crash(set, 3);
    expect(events).toContain('restart in 4.0 s');
    workers.die();
    expect(supervisor.state).toBe('backingOff');
    supervisor.restart();
    await clock.pass(1000);
    expect([supervisor.state, workers.restarts]).toEqual(['ready', 3]);
    await clock.pass(20_000);
    expect(workers.restarts).toBe(3);
    events.length = 0;
    workers.die();
    expect(events).toContain('restart in 1.0 s');
  });

  it('is the first one again after a start by hand', async () => {
    const set = await setUp(1);
    await crash(set, 3);
    set.workers.die();
    set.supervisor.start();
    await set.clock.pass(1000);
    set.events.length = 0;
    set.workers.die();
    expect(set.events).toContain('restart in 1.0 s');
  });
});

describe('a stop', () => {
  it('that takes too long says so, and nothing of memory', async () => {
    const { clock, workers, supervisor, events } = await setUp(1);
    workers.stubborn = true;
    const since = clock.date();
    const stopped = supervisor.stop();
    expect(supervisor.stopping).toEqual({ since, forceAt: since + 10_000 });
    await clock.pass(10_000);
    await stopped;
    expect(events).toContain('http#0 (pid 100) was ended by force: it did not stop within 10 s');
    expect(events.join('\n')).not.toContain('memory');
    expect(supervisor.stopping).toBeUndefined();
  });

  it('that is not waited for says so, too', async () => {
    const { workers, supervisor, events } = await setUp(1);
    workers.stubborn = true;
    void supervisor.stop();
    await supervisor.stop();
    expect(events.join('\n')).toContain('ended by force: it was to stop at once');
    expect(events.join('\n')).not.toContain('memory');
  });

  it('during which somebody else kills a worker tells of that', async () => {
    const { workers, supervisor, events } = await setUp(1);
    workers.stubborn = true;
    const stopped = supervisor.stop();
    workers.die();
    await stopped;
    expect(events.join('\n')).toContain('was killed by SIGKILL');
  });
});
