import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  WorkerGroup,
  type Renewal,
} from '../../../../../src/core/target/local/workers/worker-group';
import { FakeProcessHost } from '../../../../support/fake-process-host';
import { ManualClock } from '../../../../support/manual-clock';
import { checkAsync } from '../../../../support/properties';
import { ScheduledWire } from '../../../../support/scheduled-wire';
import { settle } from '../../../../support/settle';
import { workerSpecs } from '../../../../support/worker-specs';

const acts = [
  ...['start', 'replace', 'renew', 'cancel', 'commit', 'abandon', 'crash', 'refuse'],
  ...['terminate', 'host ends'],
] as const;
type Act = (typeof acts)[number] | number;

const generationOf = (name: string): number => Number(/@(\d+)/.exec(name)?.[1] ?? 1);

/** The processes of one component, with requests, crashes and messages in any order. */
class Schedule {
  readonly #clock = new ManualClock();
  readonly #wire: ScheduledWire;
  readonly #host: FakeProcessHost;
  readonly #group: WorkerGroup;
  readonly #started: string[] = [];
  readonly #ended: string[] = [];
  #refuses = false;
  #cancel = new AbortController();
  /** Renewals that are under way or wait for their end. */
  #renewing = 0;
  #renewals: Renewal[] = [];
  #replaced = 0;
  #seen = 0;

  constructor(scheduler: fc.Scheduler) {
    this.#wire = new ScheduledWire(scheduler);
    this.#host = new FakeProcessHost({
      wire: this.#wire,
      program: () => (this.#refuses ? { refused: 'EAGAIN' } : {}),
    });
    const specs = workerSpecs('http#1', 'http#2');
    this.#group = new WorkerGroup({ helper: this.#host, id: 'http', specs, wanted: 2 });
    this.#group.onStart(({ spec, pid }) => this.#started.push(`${spec.process} ${pid}`));
    this.#group.onEnd(({ process, pid }) => this.#ended.push(`${process} ${pid}`));
  }

  async run(act: Act): Promise<void> {
    const { living } = this.#host;
    if (typeof act === 'number') await this.#wire.deliver(act);
    else if (act === 'start') this.#group.start().catch(() => undefined);
    else if (act === 'replace') {
      this.#replaced += this.#group.missing;
      this.#group.replace().catch(() => undefined);
    } else if (act === 'renew') void this.#renew();
    else if (act === 'commit' || act === 'abandon') void this.#conclude(act);
    else if (act === 'cancel') {
      this.#cancel.abort();
      this.#cancel = new AbortController();
    } else if (act === 'crash') this.#host.exit(living[0] ?? '');
    else if (act === 'refuse') this.#refuses = !this.#refuses;
    else if (act === 'terminate') this.#group.terminate().catch(() => undefined);
    else this.#host.die();
    await this.#clock.pass(10);
    this.#check();
  }

  async end(): Promise<void> {
    let hasEnded = false;
    this.#cancel.abort();
    for (let round = 0; round < 20; round++) {
      void this.#conclude('abandon');
      this.#group.terminate().catch(() => undefined);
      await this.#wire.deliver();
      await this.#clock.pass(1000);
      if (this.#renewing === 0) void this.#group.ended().then(() => (hasEnded = true));
    }
    await settle();
    expect([hasEnded, this.#host.living, this.#group.alive]).toEqual([true, [], 0]);
    expect([this.#group.pids, this.#clock.waiting]).toEqual([[], 0]);
    // Everything that was started has ended, once.
    expect(this.#ended.toSorted()).toEqual(this.#started.toSorted());
  }

  async #renew(): Promise<void> {
    if (this.#renewing > 0) return;
    this.#renewing += 1;
    try {
      const renewal = await this.#group.renew(this.#clock, this.#cancel.signal);
      this.#renewals.push(renewal);
    } catch {
      this.#renewing -= 1;
    }
  }

  async #conclude(how: 'commit' | 'abandon'): Promise<void> {
    const renewals = this.#renewals;
    this.#renewals = [];
    for (const renewal of renewals) {
      await (how === 'commit' ? renewal.commit(5000) : renewal.abandon());
      this.#renewing -= 1;
    }
  }

  #check(): void {
    const current = generationOf(this.#group.group);
    for (const request of this.#host.requests.slice(this.#seen)) {
      if (!request.startsWith('spawn ')) continue;
      // Those that were taken over from get no more processes; later ones get them only by a renewal.
      expect(generationOf(request)).toBeGreaterThanOrEqual(current);
      if (generationOf(request) > current) expect(this.#renewing).toBeGreaterThan(0);
    }
    this.#seen = this.#host.requests.length;
    expect(new Set(this.#started).size).toBe(this.#started.length);
    expect(this.#started).toEqual(expect.arrayContaining(this.#ended));
    expect(this.#group.restarts).toBeLessThanOrEqual(
      Math.min(this.#replaced, this.#started.length),
    );
    expect(this.#group.alive + this.#group.missing).toBe(2);
    // A pid is shown from the start of its process to its end.
    const shown = this.#started.filter((one) => !this.#ended.includes(one));
    for (const pid of this.#group.pids) {
      expect(shown.some((one) => one.endsWith(` ${pid}`))).toBe(true);
    }
  }
}

it('loses no process and starts none in vain, in any order of requests, ends and messages', async () => {
  const act = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...acts.filter((one) => one !== 'host ends')) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 8 }) },
    { weight: 1, arbitrary: fc.constantFrom<Act>('renew', 'commit') },
  );
  const all = fc.tuple(fc.array(act, { maxLength: 40, size: 'max' }), fc.boolean());
  await checkAsync(
    fc.asyncProperty(fc.scheduler(), all, async (scheduler, [steps, hostEnds]) => {
      const schedule = new Schedule(scheduler);
      await schedule.run('start');
      for (const step of steps) await schedule.run(step);
      if (hostEnds) await schedule.run('host ends');
      await schedule.end();
    }),
    300,
  );
});
