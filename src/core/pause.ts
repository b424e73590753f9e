import type { Clock } from './clock';

/** Resolves after `ms`, or at once when the signal aborts; no timer is left then. */
export async function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const end = (): void => resolve(undefined);
  const timer = clock.after(ms, end);
  signal?.addEventListener('abort', end);
  await promise;
  timer.dispose();
  signal?.removeEventListener('abort', end);
}
