import type { Disposable } from '../../core/events';
import type { Clock } from '../../core/clock';

/**
 * VS Code refreshes a tree view at once if nothing changed in the last 200 ms, otherwise only when it has been quiet for so
 * long: many small changes would keep the last one from being seen (ExtHostTreeView, 1.101 to 1.115).
 */
const quietMs = 210;
/** So long may what can wait be held back, so that what cannot finds the view quiet. */
const patienceMs = 500;

/** Decides when the view is told about changes: at once where it can be, and together where they follow one another. */
export class ViewRefreshes implements Disposable {
  readonly #clock: Clock;
  readonly #refresh: (changed: ReadonlySet<string> | 'list') => boolean;
  #changed: Set<string> | 'list' = new Set();
  #lastRefresh = -Infinity;
  #scheduled: { readonly at: number; readonly timer: Disposable } | undefined;

  /** `refresh` gets the ids of the bentos that have changed, or that their list has; it tells whether any row looks different. */
  constructor(clock: Clock, refresh: (changed: ReadonlySet<string> | 'list') => boolean) {
    this.#clock = clock;
    this.#refresh = refresh;
  }

  /** Without an id, the list of bentos has changed. */
  request(id: string | undefined, { canWait }: { readonly canWait: boolean }): void {
    if (id === undefined) this.#changed = 'list';
    else if (this.#changed !== 'list') this.#changed.add(id);
    const now = this.#clock.now();
    const at = Math.max(now + (canWait ? patienceMs : 0), this.#lastRefresh + quietMs);
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
