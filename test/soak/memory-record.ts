import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes more in the last quarter of the time than in the first, by their medians. */
export interface MemoryGrowth {
  readonly rss: number;
  readonly heapUsed: number;
}

const samples = 40;

/** Samples the memory of this process over `durationMs`, each time after garbage was collected: what grows is kept. */
export class MemoryRecord {
  readonly #collectGarbage = garbageCollector();
  readonly #seen: NodeJS.MemoryUsage[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(durationMs: number) {
    this.#sample();
    this.#timer = setInterval(() => this.#sample(), durationMs / samples);
  }

  end(): MemoryGrowth {
    clearInterval(this.#timer);
    this.#sample();
    const quarter = Math.max(1, Math.floor(this.#seen.length / 4));
    const growth = (of: (usage: NodeJS.MemoryUsage) => number): number =>
      median(this.#seen.slice(-quarter).map(of)) - median(this.#seen.slice(0, quarter).map(of));
    return { rss: growth(({ rss }) => rss), heapUsed: growth(({ heapUsed }) => heapUsed) };
  }

  #sample(): void {
    this.#collectGarbage();
    this.#seen.push(process.memoryUsage());
  }
}

/** V8 shows `gc` to contexts that are made while the flag is set; an extension host is started without it. */
function garbageCollector(): NodeJS.GCFunction {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as NodeJS.GCFunction;
  setFlagsFromString('--no-expose-gc');
  return collect;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
