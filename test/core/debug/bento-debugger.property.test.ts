import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BentoDebugger } from '../../../src/core/debug/bento-debugger';
import { FakeProcessHost } from '../../support/fake-process-host';
import { ManualClock } from '../../support/manual-clock';
import { checkAsync } from '../../support/properties';
import { quietLog } from '../../support/quiet-log';
import { ScheduledWire } from '../../support/scheduled-wire';
import { settle } from '../../support/settle';

const component = 'service:Embedder';
const options = { debugpy: '/storage/debugpy', subProcess: true };

const acts = [
  ...['start', 'attach', 'detach', 'worker ends', 'retire', 'adapter ends', 'worker asks'],
  ...['time', 'host ends'],
] as const;
type Act = (typeof acts)[number] | number;

/** The workers of one component and their debug adapters, with messages in any order. */
class Schedule {
  readonly #clock = new ManualClock();
  readonly #wire: ScheduledWire;
  readonly #host: FakeProcessHost;
  readonly #debugger: BentoDebugger;
  readonly #pids = new Map<string, number>();
  #pending = 0;
  #isWanted = false;
  #count = 0;

  constructor(scheduler: fc.Scheduler, isSilent: boolean) {
    this.#wire = new ScheduledWire(scheduler);
    this.#host = new FakeProcessHost({ wire: this.#wire, debugger: isSilent ? 'silent' : null });
    this.#debugger = new BentoDebugger({
      ...{ host: this.#host, python: 'python', scripts: '/s', sockets: '/r', env: {} },
      ...{ clock: this.#clock, log: quietLog() },
    });
  }

  async run(act: Act): Promise<void> {
    if (typeof act === 'number') await this.#wire.deliver(act);
    else if (act === 'start') this.#follow(this.#start());
    else if (act === 'attach') this.#attach();
    else if (act === 'detach') this.#detach();
    else if (act === 'worker ends') this.#host.exit(this.#living('worker')[0] ?? '');
    else if (act === 'adapter ends') this.#host.exit(this.#living('debugger')[0] ?? '');
    else if (act === 'retire') this.#follow(this.#debugger.letGo([...this.#pids.values()]));
    else if (act === 'worker asks') {
      for (const pid of this.#pids.values()) this.#host.askHelper(pid);
    } else if (act === 'time') await this.#clock.pass(60_000);
    else this.#host.die();
    await settle();
    // Nothing debugs after a detach, at any moment.
    if (!this.#isWanted) {
      expect(this.#debugger.isDebugging()).toBe(false);
      expect(this.#debugger.workers).toEqual([]);
    }
  }

  async end(): Promise<void> {
    this.#detach();
    for (let round = 0; round < 4; round++) {
      await this.#wire.deliver();
      for (const pid of this.#pids.values()) this.#host.askHelper(pid);
    }
    await settle();
    expect(this.#living('debugger')).toEqual([]);
    expect(this.#host.leases).toEqual([]);
    expect([this.#debugger.isDebugging(), this.#debugger.workers]).toEqual([false, []]);
    expect([this.#pending, this.#clock.waiting]).toEqual([0, 0]);
  }

  #living(kind: string): readonly string[] {
    return this.#host.living.filter((name) => name.startsWith(kind));
  }

  #attach(): void {
    const [process] = [...this.#pids.keys()];
    const pid = process === undefined ? undefined : this.#pids.get(process);
    if (process === undefined || pid === undefined) return;
    this.#isWanted = true;
    const identity = { component, componentName: 'Embedder', process };
    this.#follow(this.#debugger.attach(identity, pid, options));
  }

  #detach(): void {
    this.#isWanted = false;
    this.#follow(this.#debugger.detach(component));
  }

  /** As `WorkerGeneration` starts a worker. */
  async #start(): Promise<void> {
    const process = `worker#${++this.#count}`;
    const identity = { component, componentName: 'Embedder', process };
    const prepared = await this.#debugger.prepare(identity);
    const spec = { process, group: process, argv: ['python'], env: {}, cwd: '/', fds: [] };
    try {
      const debug = prepared === undefined ? {} : { debug: prepared.spec };
      const { pid, exited } = await this.#host.spawn({ ...spec, ...debug, deathSignal: 'SIGKILL' });
      this.#pids.set(process, pid);
      prepared?.started(pid, exited);
      void exited.then(() => this.#pids.delete(process));
    } catch (error) {
      prepared?.abandon();
      throw error;
    }
  }

  #follow(work: Promise<unknown>): void {
    this.#pending += 1;
    const done = (): void => void (this.#pending -= 1);
    work.then(done, done);
  }
}

it('leaves no adapter, no debugged worker after a detach and no pending promise, in any order', async () => {
  const act = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...acts.filter((one) => one !== 'host ends')) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 8 }) },
    { weight: 1, arbitrary: fc.constantFrom<Act>('start', 'attach') },
  );
  const all = fc.tuple(fc.array(act, { maxLength: 40, size: 'max' }), fc.boolean(), fc.boolean());
  await checkAsync(
    fc.asyncProperty(fc.scheduler(), all, async (scheduler, [steps, isSilent, hostEnds]) => {
      const schedule = new Schedule(scheduler, isSilent);
      await schedule.run('start');
      await schedule.run(8);
      for (const step of steps) await schedule.run(step);
      if (hostEnds) await schedule.run('host ends');
      await schedule.end();
    }),
    300,
  );
});
