import { isDeepStrictEqual } from 'node:util';
import type { BentoEngine } from '../model';
import type { Store } from '../target/local/ports/sticky-ports';

const key = 'usedEngines';

/** The engines on which something of each bento may run, by its id. Stored in the workspace state. */
export class UsedEngines {
  readonly #store: Store;
  readonly #used: Map<string, readonly BentoEngine[]>;

  constructor(store: Store) {
    this.#store = store;
    this.#used = new Map(enginesIn(store.get(key)));
  }

  of(bento: string): readonly BentoEngine[] {
    return this.#used.get(bento) ?? [];
  }

  add(bento: string, engine: BentoEngine): void {
    const before = this.of(bento);
    if (!before.some((one) => isDeepStrictEqual(one, engine)))
      this.#set(bento, [...before, engine]);
  }

  /** Nothing of the bento is there. */
  remove(bento: string, engine: BentoEngine): void {
    const before = this.of(bento);
    const others = before.filter((one) => !isDeepStrictEqual(one, engine));
    if (others.length < before.length) this.#set(bento, others);
  }

  #set(bento: string, engines: readonly BentoEngine[]): void {
    if (engines.length === 0) this.#used.delete(bento);
    else this.#used.set(bento, engines);
    void this.#store.update(key, [...this.#used]);
  }
}

/** Ignores values that another version of the extension has stored. */
function enginesIn(stored: unknown): readonly (readonly [string, readonly BentoEngine[]])[] {
  if (!Array.isArray(stored)) return [];
  return stored.flatMap((pair: unknown) => {
    const [bento, engines] = Array.isArray(pair) ? (pair as readonly unknown[]) : [];
    if (typeof bento !== 'string' || !Array.isArray(engines)) return [];
    const known = engines.flatMap(engineIn);
    return known.length === 0 ? [] : [[bento, known] as const];
  });
}

function engineIn(stored: unknown): readonly BentoEngine[] {
  if (typeof stored !== 'object' || stored === null) return [];
  const { kind, context, namespace } = stored as Readonly<Record<string, unknown>>;
  if (kind === 'compose') return [{ kind }];
  return kind === 'kubernetes' && typeof context === 'string' && typeof namespace === 'string'
    ? [{ kind, context, namespace }]
    : [];
}
