import type { Store } from '../../core/target/local/ports/sticky-ports';

const key = 'recent';
const limit = 20;

/** The bentos served last, newest first. */
export class RecentBentos {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  get ids(): readonly string[] {
    return stringsOf(this.#store.get(key));
  }

  used(id: string): void {
    const others = this.ids.filter((one) => one !== id);
    void this.#store.update(key, [id, ...others].slice(0, limit));
  }
}

/** What was stored by another version, or by nobody, is an empty list. */
export const stringsOf = (stored: unknown): readonly string[] =>
  Array.isArray(stored) ? stored.filter((one) => typeof one === 'string') : [];
