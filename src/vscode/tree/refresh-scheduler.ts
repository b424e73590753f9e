import type { Disposable } from '../../core/events';
import type { Clock } from '../../core/clock';

/**
 * VS Code refreshes a tree view at once if its last change was at least 200 ms ago. Otherwise it waits until there has been
 * no change for 200 ms, so that frequent changes are shown late (`ExtHostTreeView` of VS Code 1.139).
 */
const quietMs = 210;
/** The delay of a change that can wait, so that the next urgent one is shown at once. */
const delayMs = 500;

/** Decides when a view is refreshed: at once if possible. Changes that follow each other quickly are combined. */
export class RefreshScheduler implements Disposable {
  readonly #clock: Clock;
  readonly #refresh: (changed: ReadonlySet<string> | 'list') => boolean;
  #changed: Set<string> | 'list' = new Set();
  #lastRefresh = -Infinity;
  #scheduled: { readonly at: number; readonly timer: Disposable } | undefined;

  /**
   * `refresh` is called with the ids of the changed bentos, or with `list` if the list of bentos has changed. It returns
   * whether a row looks different.
   */
  constructor(clock: Clock, refresh: (changed: ReadonlySet<string> | 'list') => boolean) {
    this.#clock = clock;
    this.#refresh = refresh;
  }

  /** Requests a refresh for a bento, or for the list of bentos if there is no id. */
  request(id: string | undefined, { canWait }: { readonly canWait: boolean }): void {
    if (id === undefined) this.#changed = 'list';
    else if (this.#changed !== 'list') this.#changed.add(id);
    const now = this.#clock.now();
    const at = Math.max(now + (canWait ? delayMs : 0), this.#lastRefresh + quietMs);
    if (this.#scheduled !== undefined && this.#scheduled.at <= at) return;
    this.#scheduled?.timer.dispose();
    this.#scheduled = undefined;
    if (at <= now) this.#refreshNow();
    else this.#scheduled = { at, timer: this.#clock.after(at - now, () => this.#refreshNow()) };
  }

  dispose(): void {
    this.#scheduled?.timer.dispose();
  }

  #refreshNow(): void {
    this.#scheduled = undefined;
    const changed = this.#changed;
    this.#changed = new Set();
    if (this.#refresh(changed)) this.#lastRefresh = this.#clock.now();
  }
}
