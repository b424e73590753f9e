import type { Clock } from './clock';

/**
 * Runs work with a signal that aborts after `ms`, or as soon as one of `cancels` does. The work decides what that
 * means; the timer ends with it.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  cancels: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = clock.after(ms, () => late.abort());
  try {
    return await work(AbortSignal.any([...cancels, late.signal]));
  } finally {
    timer.dispose();
  }
}
