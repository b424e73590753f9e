import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits for something that real processes bring about; fails with what was seen last. How soon it comes is not what a
 * test says with it: the default is for a machine with much else to do.
 */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  limitMs = 25_000,
): Promise<NonNullable<T>> {
  const end = performance.now() + limitMs;
  let last: unknown;
  while (performance.now() < end) {
    last = await look();
    if (last !== false && last !== undefined && last !== null) return last as NonNullable<T>;
    await pause(20);
  }
  throw new Error(`not within ${limitMs} ms: ${what}; last seen: ${JSON.stringify(last)}`);
}
