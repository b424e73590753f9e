import type { Clock } from '../../clock';
import type { Disposable } from '../../events';
import type { ComponentLog } from '../../logs/component-log';
import { pause } from '../../pause';
import type { AppliedBento, AppliedWorker } from '../target';

/** The number of earlier lines to show of a worker that was already running. */
const earlierLines = 500;
const pauseMs = 1_000;

/** Copies the output of all workers of a bento to the logs of their components. */
export class EngineLogs implements Disposable {
  readonly #applied: AppliedBento;
  readonly #logFor: (component: string) => ComponentLog;
  readonly #clock: Clock;
  readonly #end = new AbortController();
  readonly #followed = new Set<string>();
  readonly #seen = new Set<string>();
  readonly #subscription: Disposable;

  constructor(applied: AppliedBento, logFor: (component: string) => ComponentLog, clock: Clock) {
    this.#applied = applied;
    this.#logFor = logFor;
    this.#clock = clock;
    this.#subscription = applied.onDidChange(() => this.#followAll());
    this.#followAll();
  }

  dispose(): void {
    this.#end.abort();
    this.#subscription.dispose();
  }

  #followAll(): void {
    for (const { workers } of this.#applied.state.components) {
      for (const worker of workers) {
        // A worker that has not started has no output.
        if (worker.startedAt === undefined || this.#followed.has(worker.name)) continue;
        if (worker.state === 'stopped' || worker.state === 'failed') continue;
        this.#followed.add(worker.name);
        void this.#follow(worker);
      }
    }
  }

  async #follow(worker: AppliedWorker): Promise<void> {
    const { name, component } = worker;
    const { signal } = this.#end;
    const log = this.#logFor(component);
    // Do not show the same lines twice.
    const tail = this.#seen.has(name) ? 0 : earlierLines;
    this.#seen.add(name);
    await this.#applied
      .logs({ worker, tail, signal, onOutput: (text) => void log.write(text, name, 'stdout') })
      .catch(() => undefined);
    log.ended(name);
    // Limits the rate for a container that keeps exiting.
    await pause(this.#clock, pauseMs, signal);
    this.#followed.delete(name);
    if (!signal.aborted) this.#followAll();
  }
}
