import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ServeError } from '../../../../../src/core/problem';
import type { ComponentRenewal } from '../../../../../src/core/target/local/supervise/component-renewal';
import { checkAsync } from '../../../../support/properties';
import { ScheduledWire } from '../../../../support/scheduled-wire';
import { settle } from '../../../../support/settle';
import { ok, refused, silent, supervised, type Supervised } from '../../../../support/supervised';

type Step =
  | { readonly do: 'start' | 'stop' | 'restart' | 'renew' | 'cancel' | 'commit' | 'abandon' }
  | { readonly do: 'crash' | 'host ends' }
  | { readonly do: 'probe'; readonly answer: 'ok' | 'refused' | 'silent' }
  /** The system refuses to start processes, or what comes before a launch fails. */
  | { readonly do: 'system' | 'launches'; readonly fail: boolean }
  | { readonly do: 'deliver'; readonly count: number }
  | { readonly do: 'pass'; readonly ms: number };

const one = (...names: Extract<Step, { do: string }>['do'][]): fc.Arbitrary<Step> =>
  fc.constantFrom(...names).map((name) => ({ do: name }) as Step);
const steps = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: one('start', 'stop', 'restart') },
    { weight: 2, arbitrary: one('renew', 'commit', 'abandon') },
    { weight: 3, arbitrary: one('crash', 'cancel') },
    { weight: 1, arbitrary: fc.boolean().map((fail): Step => ({ do: 'system', fail })) },
    { weight: 1, arbitrary: fc.boolean().map((fail): Step => ({ do: 'launches', fail })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('ok' as const, 'refused' as const, 'silent' as const)
        .map((answer): Step => ({ do: 'probe', answer })),
    },
    {
      weight: 16,
      arbitrary: fc.integer({ min: 1, max: 15 }).map((count): Step => ({ do: 'deliver', count })),
    },
    {
      weight: 4,
      arbitrary: fc
        .constantFrom(10, 100, 1000, 5000, 20_000)
        .map((ms): Step => ({ do: 'pass', ms })),
    },
  ),
  { minLength: 20, maxLength: 80, size: 'max' },
);

const generationOf = (name: string): number => Number(/@(\d+)/.exec(name)?.[1] ?? 1);

/** One component under random requests, crashes and answers, with messages in random order. */
class Schedule {
  readonly #scheduler: fc.Scheduler;
  readonly set: Supervised;
  #refuses = false;
  #launches = 0;
  #failsLaunches = false;
  #exits = 0;
  #seenRequests = 0;
  #cancel = new AbortController();
  #renewals: ComponentRenewal[] = [];
  /** Renewals that are under way, and those that are being ended. */
  #renewing = 0;

  constructor(scheduler: fc.Scheduler) {
    this.#scheduler = scheduler;
    this.set = supervised({
      wire: new ScheduledWire(scheduler),
      workers: 2,
      supervisor: { onHang: 'restart' },
      program: () => (this.#refuses ? { refused: 'EAGAIN' } : {}),
      beforeLaunch: async () => {
        const launch = ++this.#launches;
        const fails = this.#failsLaunches;
        // Long enough for a stop and another start to come in between.
        for (let turn = 0; turn < 6; turn++) {
          await scheduler.schedule(Promise.resolve(), `launch ${launch}`);
        }
        if (fails) throw new ServeError({ code: 'crashed', message: `launch ${launch}` });
      },
    });
    this.set.workers.onEnd(() => {
      this.#exits += 1;
    });
    const { probe } = this.set;
    probe.delay = () => scheduler.schedule(Promise.resolve(), 'probe');
  }

  async run(step: Step): Promise<void> {
    const { supervisor, clock, host, probe } = this.set;
    switch (step.do) {
      case 'start':
      case 'restart':
        supervisor[step.do]();
        break;
      case 'stop':
        void supervisor.stop();
        break;
      case 'renew':
        // One at a time, as a reload does it.
        if (this.#renewing === 0) void this.#renew();
        break;
      case 'cancel':
        this.#cancel.abort();
        this.#cancel = new AbortController();
        break;
      case 'commit':
      case 'abandon':
        void this.#conclude(step.do);
        break;
      case 'crash': {
        const [name] = host.living;
        if (name !== undefined) host.exit(name);
        break;
      }
      case 'host ends':
        host.die();
        break;
      case 'launches':
        this.#failsLaunches = step.fail;
        break;
      case 'system':
        this.#refuses = step.fail;
        break;
      case 'probe':
        probe.answer = { ok, refused, silent }[step.answer];
        break;
      case 'deliver':
        for (let count = 0; count < step.count && this.#scheduler.count() > 0; count++) {
          await this.#scheduler.waitNext(1);
        }
        break;
      case 'pass':
        await clock.pass(step.ms);
        break;
    }
    await settle();
    this.#check();
  }

  /** Everything is delivered and stopped in the end, whatever came before. */
  async end(): Promise<void> {
    const { supervisor, clock, host, workers } = this.set;
    this.#refuses = false;
    const stop: { isDone: boolean } = { isDone: false };
    void this.#conclude('abandon');
    void supervisor.stop().then(() => (stop.isDone = true));
    for (let round = 0; round < 60 && !(stop.isDone && this.#scheduler.count() === 0); round++) {
      while (this.#scheduler.count() > 0) {
        await this.#scheduler.waitNext(1);
        await settle();
        void this.#conclude('abandon');
      }
      await clock.pass(1000);
    }
    await settle();
    expect([stop.isDone, supervisor.state, host.living]).toEqual([true, 'stopped', []]);
    expect(clock.waiting).toBe(0);
    expect([workers.alive, workers.pids]).toEqual([0, []]);
  }

  async #renew(): Promise<void> {
    this.#renewing += 1;
    try {
      const renewal = await this.set.supervisor.renew(this.#cancel.signal);
      this.#renewals.push(renewal);
    } catch {
      this.#renewing -= 1;
    }
  }

  async #conclude(how: 'commit' | 'abandon'): Promise<void> {
    const renewals = this.#renewals;
    this.#renewals = [];
    for (const renewal of renewals) {
      await (how === 'commit' && renewal.failure() === undefined
        ? renewal.commit()
        : renewal.abandon());
      this.#renewing -= 1;
    }
  }

  #check(): void {
    const { supervisor, host, workers, clock } = this.set;
    // At most one generation accepts starts, or two while one of them is to take over.
    const current = generationOf(workers.group);
    for (const request of host.requests.slice(this.#seenRequests)) {
      if (!request.startsWith('spawn ')) continue;
      const generation = generationOf(request);
      expect(generation).toBeGreaterThanOrEqual(current);
      if (generation > current) expect(this.#renewing).toBeGreaterThan(0);
    }
    this.#seenRequests = host.requests.length;
    const { state, problem } = supervisor;
    const rests = state === 'stopped' || state === 'failed';
    if (rests && this.#renewing === 0) {
      expect(host.living).toEqual([]);
      expect(clock.waiting).toBe(0);
    }
    // A problem belongs to the newest attempt.
    const launch = /^launch (\d+)$/.exec(problem?.message ?? '')?.[1];
    if (launch !== undefined) expect(Number(launch)).toBe(this.#launches);
    // Each restart has replaced something that had ended.
    expect(workers.restarts).toBeLessThanOrEqual(this.#exits);
  }
}

it('keeps what it promises in any order of events and messages', async () => {
  await checkAsync(
    fc.asyncProperty(fc.scheduler(), steps, async (scheduler, all) => {
      const schedule = new Schedule(scheduler);
      await schedule.run({ do: 'start' });
      for (const step of all) await schedule.run(step);
      await schedule.end();
    }),
    300,
  );
});

it('stops when its host ends at any moment', async () => {
  await checkAsync(
    fc.asyncProperty(fc.scheduler(), steps, async (scheduler, all) => {
      const schedule = new Schedule(scheduler);
      await schedule.run({ do: 'start' });
      for (const step of all) await schedule.run(step);
      await schedule.run({ do: 'host ends' });
      await schedule.end();
    }),
    100,
  );
});
