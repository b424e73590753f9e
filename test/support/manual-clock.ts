import type { Clock } from '../../src/core/clock';
import { settle } from './settle';

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** A clock that tests move by hand. */
export class ManualClock implements Clock {
  #now = 0;
  #epoch = 1_700_000_000_000;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  date(): number {
    return this.#epoch + this.#now;
  }

  after(ms: number, action: () => void): { dispose: () => void } {
    const timer = { at: this.#now + ms, action };
    this.#timers.add(timer);
    return { dispose: () => this.#timers.delete(timer) };
  }

  get waiting(): number {
    return this.#timers.size;
  }

  /** Lets the time pass; what follows from each timer happens before the next one. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.action();
      await settle();
    }
    this.#now = end;
  }

  /** Somebody sets the calendar, or the machine sleeps. */
  setForward(ms: number): void {
    this.#epoch += ms;
  }

  /** The time stands still for the timers, as when the event loop is blocked. */
  jump(ms: number): void {
    this.#now += ms;
  }
}
