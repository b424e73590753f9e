import type { Clock } from './clock';
import type { Disposable } from './events';

/**
 * Runs work with a signal that aborts after `ms`, or as soon as one of `cancels` does. The work decides what that
 * means; the timer ends with it.
 * @param isHeld see `afterUnlessHeld`. Default: nothing holds it.
 */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  cancels: readonly AbortSignal[],
  work: (signal: AbortSignal) => Promise<T>,
  isHeld: () => boolean = () => false,
): Promise<T> {
  const late = new AbortController();
  const timer = afterUnlessHeld(clock, ms, isHeld, () => late.abort());
  try {
    return await work(AbortSignal.any([...cancels, late.signal]));
  } finally {
    timer.dispose();
  }
}

/** Calls `action` after `ms`; when something holds it then, as much later again. */
export function afterUnlessHeld(
  clock: Clock,
  ms: number,
  isHeld: () => boolean,
  action: () => void,
): Disposable {
  const arm = (): Disposable =>
    clock.after(ms, () => {
      if (isHeld()) timer = arm();
      else action();
    });
  let timer = arm();
  return { dispose: () => timer.dispose() };
}
