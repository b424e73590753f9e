import type { Clock } from './clock';

interface Latest<T> {
  readonly result: Promise<T>;
  running: boolean;
  /** Another request came while it ran. */
  joined: boolean;
  requestedAt: number;
}

/** Requests of a burst, such as clicks, follow each other faster than this. */
const burstPauseMs = 300;

/**
 * Does once what is requested again and again: a request joins work that is running, and a burst of such requests that
 * goes on after the work has ended gets its result. Whoever waits for the result and then requests it again, gets it
 * done again.
 */
export class JoinedBursts<T> {
  readonly #clock: Clock;
  readonly #latest = new Map<string, Latest<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  run(key: string, work: () => Promise<T>): Promise<T> {
    const now = this.#clock.now();
    this.#forgetOld(now);
    const latest = this.#latest.get(key);
    if (latest !== undefined) {
      latest.joined = true;
      latest.requestedAt = now;
      return latest.result;
    }
    const result = work();
    const begun: Latest<T> = { result, running: true, joined: false, requestedAt: now };
    const ended = (): void => void (begun.running = false);
    result.then(ended, ended);
    this.#latest.set(key, begun);
    return result;
  }

  #forgetOld(now: number): void {
    for (const [key, { running, joined, requestedAt }] of this.#latest) {
      const goesOn = running || (joined && now - requestedAt < burstPauseMs);
      if (!goesOn) this.#latest.delete(key);
    }
  }
}
