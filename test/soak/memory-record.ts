/** Bytes more in the last quarter of the time than in the first, by their medians. */
export interface MemoryGrowth {
  readonly rss: number;
  readonly heapUsed: number;
}

const everyMs = 1000;

/** Looks at the memory of this process again and again. */
export class MemoryRecord {
  readonly #seen: NodeJS.MemoryUsage[] = [process.memoryUsage()];
  readonly #timer = setInterval(() => this.#seen.push(process.memoryUsage()), everyMs);

  end(): MemoryGrowth {
    clearInterval(this.#timer);
    const quarter = Math.max(1, Math.floor(this.#seen.length / 4));
    const growth = (of: (usage: NodeJS.MemoryUsage) => number): number =>
      median(this.#seen.slice(-quarter).map(of)) - median(this.#seen.slice(0, quarter).map(of));
    return { rss: growth(({ rss }) => rss), heapUsed: growth(({ heapUsed }) => heapUsed) };
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
