import type { BentoProfiles } from '../bento-manager';
import type { Store } from '../target/local/ports/sticky-ports';
import type { FolderSettings } from '../settings/serve-settings';

const key = 'profiles';

/** Which profile each bento is served with, by its id; backed by the workspace state. */
export class ChosenProfiles {
  readonly #store: Store;
  readonly #chosen: Map<string, string>;

  constructor(store: Store) {
    this.#store = store;
    this.#chosen = new Map(pairsOf(store.get(key)));
  }

  of(bento: string): string | undefined {
    return this.#chosen.get(bento);
  }

  /** Of those that the settings have. */
  profiles(bento: string, { profiles }: Pick<FolderSettings, 'profiles'>): BentoProfiles {
    const names = Object.keys(profiles);
    const chosen = this.of(bento);
    return chosen !== undefined && names.includes(chosen) ? { names, chosen } : { names };
  }

  /** Without a name: none. */
  choose(bento: string, name: string | undefined): void {
    if (name === undefined) this.#chosen.delete(bento);
    else this.#chosen.set(bento, name);
    void this.#store.update(key, [...this.#chosen]);
  }
}

/** What was stored by another version, or by nobody, is nothing. */
function pairsOf(stored: unknown): readonly (readonly [string, string])[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((pair: unknown) => {
    if (!Array.isArray(pair)) return [];
    const [bento, name] = pair as readonly unknown[];
    return typeof bento === 'string' && typeof name === 'string' ? [[bento, name] as const] : [];
  });
}
