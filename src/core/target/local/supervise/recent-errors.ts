import type { Clock } from '../../../clock';
import type { Disposable } from '../../../events';
import type { ReadingAge } from '../../../health/counter-files';

const minuteMs = 60_000;
/** What is read later than this after it happened may not be of the last minute. */
const maxPauseMs = 30_000;

/** Reads a total, or gives one that was read lately enough. */
export type ReadTotal = (age: ReadingAge) => Promise<number | undefined>;

/** What another component of the bento has just read will do. */
const maxAgeMs = 1_000;

/** How many requests failed in the last minute, from a total that is read now and then. */
export class RecentErrors implements Disposable {
  readonly #readTotal: ReadTotal;
  readonly #pauseMs: number;
  readonly #clock: Clock;
  readonly #changed: () => void;
  /** Oldest first. */
  #seen: readonly { readonly at: number; readonly count: number }[] = [];
  #total: number | undefined;
  #reading: Disposable | undefined;
  #forgetting: Disposable | undefined;
  #isOver = false;

  constructor(readTotal: ReadTotal, pauseMs: number, clock: Clock, changed: () => void) {
    this.#readTotal = readTotal;
    this.#pauseMs = Math.min(pauseMs, maxPauseMs);
    this.#clock = clock;
    this.#changed = changed;
  }

  get count(): number {
    return this.#seen.reduce((sum, { count }) => sum + count, 0);
  }

  /** Resolves when it is known what counts no more: to be awaited before the workers are started. */
  async start(): Promise<void> {
    this.#total = await this.#readTotal({ now: this.#clock.now(), maxAgeMs: 0 });
    this.#readLater();
  }

  dispose(): void {
    this.#isOver = true;
    this.#reading?.dispose();
    this.#forgetting?.dispose();
  }

  #readLater(): void {
    if (!this.#isOver) this.#reading = this.#clock.after(this.#pauseMs, () => void this.#read());
  }

  async #read(): Promise<void> {
    const total = await this.#readTotal({ now: this.#clock.now(), maxAgeMs });
    if (this.#isOver) return;
    if (total !== undefined) this.#take(total);
    this.#readLater();
  }

  #take(total: number): void {
    const before = this.#total;
    this.#total = total;
    if (before === undefined || total === before) return;
    // It goes down when the workers were started anew.
    const isAnew = total < before;
    const count = isAnew ? total : total - before;
    if (isAnew) this.#seen = [];
    if (count > 0) this.#seen = [...this.#seen, { at: this.#clock.now(), count }];
    this.#forgetLater();
    this.#changed();
  }

  #forgetLater(): void {
    this.#forgetting?.dispose();
    const [oldest] = this.#seen;
    if (oldest === undefined) return;
    const left = Math.max(0, oldest.at + minuteMs - this.#clock.now());
    this.#forgetting = this.#clock.after(left, () => {
      const since = this.#clock.now() - minuteMs;
      this.#seen = this.#seen.filter(({ at }) => at > since);
      this.#forgetLater();
      this.#changed();
    });
  }
}
