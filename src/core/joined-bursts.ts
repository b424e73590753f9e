import type { Clock } from './clock';

interface Latest<T> {
  readonly result: Promise<T>;
  readonly cancel: AbortController;
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
 * done again. Each caller may cancel the work for all of them.
 */
export class JoinedBursts<T> {
  readonly #clock: Clock;
  readonly #latest = new Map<string, Latest<T>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  run(
    key: string,
    work: (cancel: AbortSignal) => Promise<T>,
    callerSignal?: AbortSignal,
  ): Promise<T> {
    const now = this.#clock.now();
    this.#forgetOld(now);
    const latest = this.#latest.get(key);
    if (latest !== undefined) {
      latest.joined = true;
      latest.requestedAt = now;
      follow(latest, callerSignal);
      return latest.result;
    }
    const cancel = new AbortController();
    const result = work(cancel.signal);
    const begun: Latest<T> = { result, cancel, running: true, joined: false, requestedAt: now };
    const ended = (): void => void (begun.running = false);
    result.then(ended, ended);
    this.#latest.set(key, begun);
    follow(begun, callerSignal);
    return result;
  }

  #forgetOld(now: number): void {
    for (const [key, { running, joined, requestedAt }] of this.#latest) {
      const goesOn = running || (joined && now - requestedAt < burstPauseMs);
      if (!goesOn) this.#latest.delete(key);
    }
  }
}

function follow<T>({ cancel, result }: Latest<T>, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const abort = (): void => cancel.abort();
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  const forget = (): void => signal.removeEventListener('abort', abort);
  result.then(forget, forget);
}
