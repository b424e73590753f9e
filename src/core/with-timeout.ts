import type { Clock } from './clock';

/** What the work gives, or nothing when it takes longer; it goes on all the same. */
export async function withTimeout<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
): Promise<T | undefined> {
  let limit: { dispose(): void } | undefined;
  const late = new Promise<undefined>((resolve) => {
    limit = clock.after(ms, () => resolve(undefined));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    limit?.dispose();
  }
}
