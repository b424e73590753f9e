import type { Store } from '../ports/sticky-ports';

/** What a serve of a bento ran before any of the bento's code. */
export interface ServedWith {
  /** The program that was run to find the interpreter: the interpreter itself, or a shim that stands for it. */
  readonly command: string;
  /** The interpreter. */
  readonly python: string;
  /** The modules that its fork server imported beside those of BentoML. */
  readonly preload: readonly string[];
}

const storeKey = 'servedBefore';
/** Those served longest ago are forgotten. */
const limit = 50;

/** The bentos that were served in this workspace, and what with; backed by the workspace state. */
export class ServedBefore {
  readonly #store: Store;
  readonly #earlier: ReadonlyMap<string, ServedWith>;

  constructor(store: Store) {
    this.#store = store;
    this.#earlier = new Map(this.#all());
  }

  /** What the bento was served with before this window. */
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

/** Another version, or nobody, may have stored something else. */
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
