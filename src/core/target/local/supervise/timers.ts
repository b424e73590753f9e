import type { Clock } from '../../../clock';
import type { Disposable } from '../../../events';

/** All timers of one owner: what ends its state cancels them together. */
export class Timers implements Disposable {
  readonly #clock: Clock;
  readonly #running = new Map<string, Set<Disposable>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(name: string, ms: number, action: () => void): void {
    const named = this.#running.get(name) ?? new Set();
    this.#running.set(name, named);
    const timer = this.#clock.after(ms, () => {
      named.delete(timer);
      action();
    });
    named.add(timer);
  }

  cancel(name: string): void {
    for (const timer of this.#running.get(name) ?? []) timer.dispose();
    this.#running.delete(name);
  }

  /** Cancels all of them. */
  dispose(): void {
    for (const name of [...this.#running.keys()]) this.cancel(name);
  }
}
