import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until the answer is truthy. What it throws in between counts as "not yet". */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  milliseconds = 20_000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  let last: unknown;
  do {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await sleep(100);
  } while (Date.now() < end);
  const seen = last instanceof Error ? last.message : JSON.stringify(last);
  throw new Error(`Not within ${String(milliseconds / 1000)} s: ${what} (last seen: ${seen})`);
}
