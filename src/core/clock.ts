import type { Disposable } from './events';

/** Time as the core sees it: monotonic, in milliseconds, and injected so that tests never sleep. */
export interface Clock {
  /** Monotonic milliseconds; only differences mean something. */
  now(): number;
  /** Milliseconds since the epoch, only for showing to people. */
  date(): number;
  after(ms: number, action: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after: (ms, action) => {
    const timer = setTimeout(action, ms);
    return { dispose: () => clearTimeout(timer) };
  },
};
