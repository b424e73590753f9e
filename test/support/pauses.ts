import { setTimeout as pause } from 'node:timers/promises';

/** The moment at which something is done to what runs: faults come at any time. Never to wait for something: `until`. */
export const moment = (ms: number): Promise<void> => pause(ms);

/** Looks again and again that it stays so: that something does not happen can only be waited for. */
export async function staysSo(
  what: string,
  ms: number,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = performance.now() + ms;
  for (;;) {
    if (!(await isSo())) throw new Error(`it did not stay so for ${ms} ms: ${what}`);
    if (performance.now() >= end) return;
    await pause(20);
  }
}
