import type { BentoManager } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';
import type { Disposable } from '../../core/events';
import { isServed } from './readiness';
import type { ServedRecords } from './served-records';

/** How often it is noted that the window still serves. */
const noteMs = 60_000;

export interface ResumeParts {
  readonly manager: BentoManager;
  readonly records: Pick<ServedRecords, 'take' | 'write' | 'end'>;
  readonly clock: Clock;
  /** Whether the settings of a bento want it. */
  readonly wanted: (id: string) => boolean;
  readonly onFailure: (error: unknown, id: string) => void;
}

/** Remembers what is served, and serves it again after a reload: quietly, unless it fails. */
export class Resume implements Disposable {
  readonly #parts: ResumeParts;
  readonly #subscription: Disposable;
  #note: Disposable | undefined;
  #served: readonly string[] = [];
  #isWritten = false;

  constructor(parts: ResumeParts) {
    this.#parts = parts;
    this.#subscription = parts.manager.onDidChange(() => this.#remember());
  }

  /** To be called once, when it is known which bentos there are. */
  async run(): Promise<void> {
    const { records } = this.#parts;
    const again = new Set<string>();
    const served: Promise<void>[] = [];
    for await (const ids of records.take()) {
      for (const id of ids) {
        if (again.has(id)) continue;
        again.add(id);
        served.push(this.#serve(id));
      }
    }
    await Promise.all(served);
  }

  /** At the end of the window: what is stopped from then on is to be served again. */
  dispose(): void {
    this.#subscription.dispose();
    this.#note?.dispose();
    if (this.#isWritten) this.#parts.records.end(this.#served);
  }

  async #serve(id: string): Promise<void> {
    const { manager, wanted, onFailure } = this.#parts;
    if (manager.bento(id) === undefined || !wanted(id)) return;
    try {
      await manager.serve(id);
    } catch (error) {
      onFailure(error, id);
    }
  }

  #remember(): void {
    const { manager } = this.#parts;
    const served = manager.bentos
      .filter((bento) => isServed(bento) && bento.engine === undefined)
      .map(({ id }) => id);
    if (JSON.stringify(served) === JSON.stringify(this.#served)) return;
    this.#served = served;
    this.#write();
  }

  #write(): void {
    const { records, clock } = this.#parts;
    records.write(this.#served);
    this.#isWritten = true;
    this.#note?.dispose();
    this.#note = this.#served.length === 0 ? undefined : clock.after(noteMs, () => this.#write());
  }
}
