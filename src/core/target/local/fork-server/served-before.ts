import type { Store } from '../ports/sticky-ports';

/** The programs and modules that a serve used before it ran any code of the bento. */
export interface ServedWith {
  /** The program that was run to find the interpreter: the interpreter itself, or a shim that stands for it. */
  readonly command: string;
  /** The interpreter. */
  readonly python: string;
  /** The modules that its fork server imported in addition to those of BentoML. */
  readonly preload: readonly string[];
}

const storeKey = 'servedBefore';
/** The largest number of bentos. Those served longest ago are forgotten. */
const limit = 50;

/** Remembers which bentos were served in this workspace, and with which interpreter, in the workspace state. */
export class ServedBefore {
  readonly #store: Store;
  readonly #earlier: ReadonlyMap<string, ServedWith>;

  constructor(store: Store) {
    this.#store = store;
    this.#earlier = new Map(this.#all());
  }

  /** Returns what the bento was served with in an earlier window. */
  of(bento: string): ServedWith | undefined {
    return this.#earlier.get(bento);
  }

  add(bento: string, { command, python, preload }: ServedWith): void {
    const others = this.#all().filter(([id]) => id !== bento);
    const all = [...others, [bento, { command, python, preload }]].slice(-limit);
    void this.#store.update(storeKey, all);
  }

  #all(): readonly (readonly [string, ServedWith])[] {
    const stored = this.#store.get(storeKey);
    return Array.isArray(stored) ? stored.filter(isEntry) : [];
  }
}

/** Another version of the extension may have stored something else. */
function isEntry(entry: unknown): entry is readonly [string, ServedWith] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false;
  const { command, python, preload } = (entry[1] ?? {}) as Partial<Record<string, unknown>>;
  return (
    typeof command === 'string' &&
    typeof python === 'string' &&
    Array.isArray(preload) &&
    preload.every((module) => typeof module === 'string')
  );
}
