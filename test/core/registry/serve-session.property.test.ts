import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/core/model';
import { ServeError } from '../../../src/core/problem';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import { discovered } from '../../support/bentos';
import { fakeServing, type FakeServed } from '../../support/fake-serving';
import { checkAsync } from '../../support/properties';
import { settle } from '../../support/settle';
import { sourcesOf } from '../../support/sources-of';

const { id } = discovered();

const steps = fc.constantFrom(
  'serve',
  'restart',
  'stop',
  'cancel',
  'restart http',
  'stop http',
  'become ready',
  'fail',
  'lose',
  'hold the stop',
  'change settings',
  'wait',
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

/** One bento, whose questions are answered and whose stops end when the scheduler says so. */
class RandomServe {
  readonly #requests: AbortController[] = [];
  readonly #faults: string[] = [];
  #attempts = 0;
  #settings = defaultSettings;
  readonly #serving;

  constructor(scheduler: fc.Scheduler) {
    const sources = sourcesOf(discovered(), defaultSettings);
    this.#serving = fakeServing({
      ...sources,
      settingsFor: () => this.#settings,
      findInterpreter: (...asked) => scheduler.schedule(sources.findInterpreter(...asked)),
      environmentFor: (...asked) => scheduler.schedule(sources.environmentFor(...asked)),
    });
    this.#serving.registry.onDidChange(() => this.#look());
  }

  /** What was seen that must never be. */
  get faults(): readonly string[] {
    return this.#faults;
  }

  get #living(): readonly FakeServed[] {
    return this.#serving.served.filter(({ wasStarted, hasEnded }) => wasStarted && !hasEnded);
  }

  take(step: Step): void {
    const { registry, clock } = this.#serving;
    const newest = this.#living.at(-1);
    switch (step) {
      case 'serve':
        return this.#request((signal) => registry.serve(id, { signal }));
      case 'restart':
        return this.#request((signal) => registry.restart(id, undefined, { signal }));
      case 'restart http':
        return this.#request((signal) => registry.restart(id, 'http', { signal }));
      case 'stop http':
        return this.#request(() => registry.stopComponent(id, 'http'));
      case 'stop':
        return this.#request(() => registry.stop(id));
      case 'cancel':
        this.#requests.at(-1)?.abort();
        return;
      case 'become ready':
        newest?.ready();
        return;
      case 'fail':
        newest?.fail(new ServeError(this.#problem(newest)));
        return;
      case 'lose':
        newest?.lose(this.#problem(newest));
        return;
      case 'hold the stop':
        if (newest !== undefined) newest.holdsStop = true;
        return;
      case 'change settings':
        this.#settings = { ...defaultSettings, env: { TURN: String(this.#requests.length) } };
        return;
      case 'wait':
        void clock.pass(1_000);
        return;
    }
  }

  /** Everything that is waited for ends, and then the bento is stopped. */
  async stop(scheduler: fc.Scheduler): Promise<void> {
    const stopped = this.#serving.registry.stop(id);
    for (let round = 0; round < 5; round++) {
      await scheduler.waitIdle();
      for (const served of this.#living) served.end();
      await settle();
    }
    await stopped;
  }

  check(): void {
    const { registry, clock, calls, served } = this.#serving;
    expect(this.#faults).toEqual([]);
    expect(registry.bento(id)).toMatchObject({ state: 'stopped' });
    expect(registry.bento(id)).not.toHaveProperty('problem');
    expect(registry.bento(id)).not.toHaveProperty('progress');
    expect(this.#living).toEqual([]);
    expect(clock.waiting).toBe(0);
    // What was counted has happened: one start for each that was started, and one stop.
    const started = served.filter(({ wasStarted }) => wasStarted).length;
    expect(calls.filter((call) => call === 'start')).toHaveLength(started);
    expect(calls.filter((call) => call === 'stop')).toHaveLength(started);
  }

  #problem(served: FakeServed): Problem {
    return { code: 'crashed', message: `attempt ${this.#serving.served.indexOf(served)}` };
  }

  #look(): void {
    const { served, registry } = this.#serving;
    if (this.#living.length > 1) this.#faults.push('two were served at a time');
    const attempts = served.filter(({ wasStarted }) => wasStarted).length;
    if (attempts < this.#attempts) this.#faults.push('a counter went back');
    this.#attempts = attempts;
    const message = registry.bento(id)?.problem?.message;
    const newest = served.findLastIndex(({ wasStarted }) => wasStarted);
    if (message !== undefined && message !== `attempt ${newest}`) {
      this.#faults.push(`the problem of ${message} is shown with attempt ${newest}`);
    }
  }

  #request(work: (signal: AbortSignal) => Promise<unknown>): void {
    const cancel = new AbortController();
    this.#requests.push(cancel);
    work(cancel.signal).catch((error: unknown) => {
      if (!(error instanceof ServeError)) this.#faults.push(String(error));
    });
  }
}

describe('whatever is requested, and in whatever order things happen', () => {
  it('one is served at a time, its problem is its own, and a stop leaves nothing', async () => {
    const property = fc.asyncProperty(
      fc.scheduler(),
      fc.array(steps, { maxLength: 25 }),
      async (scheduler, taken) => {
        const serve = new RandomServe(scheduler);
        scheduler.scheduleSequence(
          taken.map((step) => ({
            label: step,
            builder: async () => {
              serve.take(step);
              await settle();
            },
          })),
        );
        await scheduler.waitIdle();
        await serve.stop(scheduler);
        serve.check();
      },
    );
    await checkAsync(property, 150);
  });
});
