/** Works through a list that may grow meanwhile, `limit` at a time; the first failure ends it. */
export function forEachLimit<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let active = 0;
    let begun = 0;
    let failed = false;
    const next = (): void => {
      while (!failed && active < limit && begun < items.length) {
        active++;
        work(items[begun++] as T).then(done, fail);
      }
      if (active === 0 && !failed) resolve();
    };
    const done = (): void => {
      active--;
      next();
    };
    const fail = (error: unknown): void => {
      failed = true;
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    next();
  });
}
