import type { BentoManager } from '../core/bento-manager';
import type { Clock } from '../core/clock';
import type { Disposable } from '../core/events';
import type { Store } from '../core/ports/kept-ports';
import { stringsOf } from './recent-bentos';
import { isServed } from './readiness';

const key = 'served';
const aliveKey = 'servedAt';
/** How often it is noted that the window still serves. */
const noteMs = 60_000;
/** A reload takes seconds; who opens the folder another day has not asked for anything to run. */
const resumeWithinMs = 3 * noteMs;

export interface ResumeParts {
  readonly manager: BentoManager;
  readonly store: Store;
  readonly clock: Clock;
  /** Whether the settings of a bento want it. */
  readonly wanted: (id: string) => boolean;
  readonly onFailure: (error: unknown, id: string) => void;
}

/** Remembers what is served, and serves it again after a reload: quietly, unless it fails. */
export class Resume implements Disposable {
  readonly #parts: ResumeParts;
  /** Read before the first change writes over it. */
  readonly #before: readonly string[];
  #subscription: Disposable | undefined;
  #note: Disposable | undefined;
  #stored: string;

  constructor(parts: ResumeParts) {
    this.#parts = parts;
    const { store, clock } = parts;
    const at = store.get(aliveKey);
    const isReload = typeof at === 'number' && Math.abs(clock.date() - at) < resumeWithinMs;
    this.#before = isReload ? stringsOf(store.get(key)) : [];
    this.#stored = JSON.stringify(this.#before);
  }

  /** To be called once, when it is known which bentos there are. */
  async run(): Promise<void> {
    const { manager, wanted, onFailure } = this.#parts;
    const there = new Set(manager.bentos.map(({ id }) => id));
    const again = [...new Set(this.#before)].filter((id) => there.has(id) && wanted(id));
    const served = again.map(async (id) => {
      try {
        await manager.serve(id);
      } catch (error) {
        onFailure(error, id);
      }
    });
    this.#subscription = manager.onDidChange(() => this.#remember());
    this.#remember();
    await Promise.all(served);
  }

  /** At the end of the window: what is stopped from then on is to be served again. */
  dispose(): void {
    this.#subscription?.dispose();
    this.#note?.dispose();
  }

  #remember(): void {
    const { manager, store } = this.#parts;
    const served = manager.bentos.filter(isServed).map(({ id }) => id);
    const text = JSON.stringify(served);
    if (text === this.#stored) return;
    this.#stored = text;
    void store.update(key, served);
    this.#note?.dispose();
    this.#noteAlive(served.length > 0);
  }

  #noteAlive(serves: boolean): void {
    if (!serves) return;
    const { store, clock } = this.#parts;
    void store.update(aliveKey, clock.date());
    this.#note = clock.after(noteMs, () => this.#noteAlive(true));
  }
}
