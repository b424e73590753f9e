import type { Clock } from '../clock';
import { withDeadline } from '../deadline';
import type { Log } from '../log';
import { problemOf } from '../problem';
import type { BentoFactory } from './bento-factory';
import type { BentoSources } from './bento-sources';
import type { ServeSession } from './serve-session';

export interface AdoptionParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly sources: Pick<BentoSources, 'settingsFor'>;
  readonly factory: Pick<BentoFactory, 'adopted'>;
}

/** The time limit for an engine that does not answer. */
const limitMs = 30_000;

/** Finds bentos that have been running on engines since an earlier window. Checks each bento once, one at a time. */
export class Adoption {
  readonly #parts: AdoptionParts;
  readonly #tried = new Set<string>();
  readonly #cancel = new AbortController();
  #queue: Promise<void> = Promise.resolve();

  constructor(parts: AdoptionParts) {
    this.#parts = parts;
  }

  /** Checks the bentos that have not been checked yet. Resolves when all are checked. */
  run(sessions: readonly ServeSession[]): Promise<void> {
    for (const session of sessions) {
      const { bento } = session.record;
      if (bento.source === 'remote' || !session.isIdle || this.#tried.has(bento.id)) continue;
      if (this.#parts.sources.settingsFor(bento).target === 'local') continue;
      this.#tried.add(bento.id);
      this.#queue = this.#queue.then(() => this.#adopt(session));
    }
    return this.#queue;
  }

  /** Makes the next run check all bentos again. */
  again(): void {
    this.#tried.clear();
  }

  dispose(): void {
    this.#cancel.abort();
  }

  async #adopt(session: ServeSession): Promise<void> {
    const { clock, log, factory } = this.#parts;
    const { name } = session.record.bento;
    const cancels = [this.#cancel.signal];
    try {
      const found = await withDeadline(clock, limitMs, cancels, (signal) =>
        factory.adopted(session.record, signal),
      );
      if (found === undefined) return;
      if (this.#cancel.signal.aborted) await found.leave();
      else session.adopt(found);
    } catch (error) {
      // The user did not ask for this, so there is no notification.
      log.info(
        `${name}: could not check whether it runs on its engine: ${problemOf(error).message}`,
      );
    }
  }
}
