import { setImmediate as pause } from 'node:timers/promises';
import type { Clock } from '../../clock';

/** Work is given up for a moment after this long, however little of it is done. */
const longestTurn = 10;

/** Gives others their turn of the event loop while much is worked out. */
export class Turns {
  readonly #clock: Pick<Clock, 'now'>;
  #since: number;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** To be awaited between any two pieces of work; pauses when the last pause is long enough ago. */
  async next(): Promise<void> {
    if (this.#clock.now() - this.#since < longestTurn) return;
    await pause();
    this.#since = this.#clock.now();
  }
}
