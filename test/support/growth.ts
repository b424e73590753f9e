import fc from 'fast-check';

/** A text that repeats something, which is what makes bad regular expressions slow. */
export interface Pumped {
  readonly before: string;
  readonly pump: string;
  readonly after: string;
}

/** `pumps`: what is repeated, where that is less than what may come before it. */
export const pumped = (
  pieces: readonly string[],
  pumps: readonly string[] = pieces,
): fc.Arbitrary<Pumped> => {
  const some = (of: readonly string[], most: number, minLength = 0): fc.Arbitrary<string> =>
    fc.array(fc.constantFrom(...of), { minLength, maxLength: most }).map((parts) => parts.join(''));
  return fc.record({
    before: some(pieces, 3),
    pump: some(pumps, 3, 1).filter((text) => text !== ''),
    after: some(pieces, 2),
  });
};

export const textOfLength = ({ before, pump, after }: Pumped, length: number): string =>
  before + pump.repeat(Math.max(1, Math.ceil(length / pump.length))) + after;

/** So much is never waited for, whatever the length. */
const longestMs = 1500;
/** Below this, nothing can be said of growth. */
const measurableMs = 40;
const attempts = 10;

/**
 * Fails when the time grows faster than the length. Small texts first, so that what grows exponentially is seen before
 * it would take for ever; the processor's time, since the machine may be busy; the best of several attempts.
 */
export async function expectProportional(
  run: (text: string) => unknown,
  input: Pumped,
  longest = 64 * 1024,
): Promise<void> {
  let before = Infinity;
  for (const length of lengths(longest)) {
    const text = textOfLength(input, length);
    const took = await best(run, text, before);
    const tooFast = took > measurableMs && took > before * 10;
    if (took > longestMs || (tooFast && length >= 4096)) {
      throw new Error(
        `${length} characters take ${took.toFixed(0)} ms, a fourth of it ${before.toFixed(1)} ms`,
      );
    }
    before = took;
  }
}

function* lengths(longest: number): Generator<number> {
  let length = 8;
  // In small steps where a doubling could mean a thousand times the time.
  for (; length < 64; length = Math.ceil(length * 1.25)) yield length;
  for (length = 256; length < longest; length *= 4) yield length;
  yield longest;
}

async function best(
  run: (text: string) => unknown,
  text: string,
  shorter: number,
): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const from = process.cpuUsage();
    await run(text);
    const { user, system } = process.cpuUsage(from);
    least = Math.min(least, (user + system) / 1000);
    if (least <= measurableMs || least <= shorter * 6) break;
  }
  return least;
}
