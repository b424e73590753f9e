import type { Clock } from '../../clock';
import { withTimeout } from '../../with-timeout';
import type { ProcessHost } from './helper/process-host';

/** Milliseconds that cancelled work may take before its helper is ended. */
const longestUseMs = 10_000;

/** The work that uses the helper of a bento: the helper is released only after it. */
export class HelperUses {
  readonly #running = new Set<Promise<unknown>>();

  /** Resolves or rejects as the work does. */
  async run<T>(work: Promise<T>): Promise<T> {
    this.#running.add(work);
    try {
      return await work;
    } finally {
      this.#running.delete(work);
    }
  }

  /**
   * Resolves when the work that runs now, which was cancelled, is over. A helper that does not answer is ended, so that
   * nothing waits for it any more. `helper` gives nothing while there is none yet: a start that waits for one gives it
   * to nobody, and is waited for.
   */
  async end(clock: Clock, helper: () => Pick<ProcessHost, 'end'> | undefined): Promise<void> {
    const ended = Promise.allSettled(this.#running);
    if ((await withTimeout(clock, longestUseMs, ended)) !== undefined) return;
    await (helper()?.end() ?? ended);
  }
}
