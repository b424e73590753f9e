import { Emitter } from '../../src/core/events';
import type { Problem } from '../../src/core/model';
import { problemOf } from '../../src/core/problem';
import { defaultSettings } from '../../src/core/settings/default-settings';
import { discovered } from './bentos';
import { fakeServing, type FakeServed, type FakeServing } from './fake-serving';
import { settle } from './settle';
import { sourcesOf } from './sources-of';

const { id } = discovered();
const lost: Problem = { code: 'crashed', message: 'Its helper was killed.' };

/** A window whose bento, folder, settings and answers a test changes. */
export class ServeWorld {
  readonly #found = new Emitter<void>();
  #bentos = [discovered()];
  #hasFolder = true;
  #settings = defaultSettings;
  #question = Promise.resolve();
  #answer: () => void = () => undefined;
  /** Newest first. */
  #requests: AbortController[] = [];
  readonly outcomes: string[] = [];
  readonly serving: FakeServing;

  constructor() {
    const { findInterpreter, ...sources } = sourcesOf(discovered(), defaultSettings);
    this.serving = fakeServing({
      ...sources,
      discovered: () => this.#bentos,
      hasFolder: () => this.#hasFolder,
      settingsFor: () => this.#settings,
      onDidDiscover: this.#found.event,
      findInterpreter: async (...asked) => {
        await this.#question;
        return findInterpreter(...asked);
      },
    });
  }

  /** Those that were started and have not ended. */
  get living(): readonly FakeServed[] {
    return this.serving.served.filter(({ wasStarted, hasEnded }) => wasStarted && !hasEnded);
  }

  get newest(): FakeServed {
    const served = this.serving.served.at(-1);
    if (served === undefined) throw new Error('nothing was made');
    return served;
  }

  get state(): string {
    return this.serving.registry.bento(id)?.state ?? 'not listed';
  }

  /** In one line: the state with its problem and drift, these calls, and how requests ended. */
  summary(calls: readonly string[]): string {
    const { registry } = this.serving;
    const problem = registry.bento(id)?.problem;
    const drift = registry.drift(id);
    return [
      `${this.state}${problem === undefined ? '' : ` (${problem.code})`}${drift === undefined ? '' : `, ${drift}`}`,
      ...(calls.length === 0 ? [] : [calls.join(', ')]),
      ...(this.outcomes.length === 0 ? [] : [`requests ${this.outcomes.join(', ')}`]),
    ].join('; ');
  }

  serve(): void {
    this.#request((signal) => this.serving.registry.serve(id, { signal }));
  }

  restart(): void {
    this.#request((signal) => this.serving.registry.restart(id, undefined, { signal }));
  }

  serveComponent(): void {
    this.#request((signal) => this.serving.registry.serveComponent(id, 'http', { signal }));
  }

  restartComponent(): void {
    this.#request((signal) => this.serving.registry.restart(id, 'http', { signal }));
  }

  stopComponent(): void {
    this.#request(() => this.serving.registry.stopComponent(id, 'http'));
  }

  stop(): void {
    this.serving.registry.stop(id).catch((error: unknown) => this.outcomes.push(String(error)));
  }

  cancel(): void {
    this.#requests[0]?.abort();
  }

  leave(): void {
    this.#hasFolder = false;
    this.vanish();
  }

  vanish(): void {
    this.#bentos = [];
    this.#found.fire();
  }

  configure(): void {
    this.#settings = { ...defaultSettings, env: { MODEL: 'large' } };
    this.#found.fire();
  }

  lose(): void {
    this.living.at(-1)?.lose(lost);
  }

  ask(): void {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#question = promise.then(() => undefined);
    this.#answer = () => resolve(undefined);
  }

  /** Everything that was waited for happens: answers, ends of stops, readiness. */
  async finish(): Promise<void> {
    for (let round = 0; round < 5; round++) {
      await settle();
      this.#answer();
      for (const served of this.serving.served) {
        if (served.stopping) served.end();
        else if (served.wasStarted && !served.wasReady) served.ready();
      }
    }
    await this.serving.clock.pass(60_000);
  }

  #request(work: (signal: AbortSignal) => Promise<unknown>): void {
    const cancel = new AbortController();
    this.#requests = [cancel, ...this.#requests];
    work(cancel.signal).then(
      () => this.outcomes.push('done'),
      (error: unknown) => this.outcomes.push(problemOf(error).code),
    );
  }
}
