import type { Clock } from '../clock';
import { withDeadline } from '../deadline';
import type { Log } from '../log';
import { problemOf } from '../problem';
import type { BentoFactory } from './bento-factory';
import type { BentoSources } from './bento-sources';
import type { RunningBento } from '../target/running-bento';
import { untilAborted } from '../until-aborted';
import { isWatched } from './bento-record';
import type { ServeSession } from './serve-session';

export interface AdoptionParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly sources: Pick<BentoSources, 'settingsFor'>;
  readonly factory: Pick<BentoFactory, 'adopted'>;
  /** Whether the window still has the session. */
  readonly isListed: (session: ServeSession) => boolean;
}

/** The time limit for an engine that does not answer. */
const limitMs = 30_000;

/** Finds bentos that have been running on engines since an earlier window. Checks each bento once, one at a time. */
export class Adoption {
  readonly #parts: AdoptionParts;
  #tried = new WeakSet<ServeSession>();
  readonly #cancel = new AbortController();
  #queue: Promise<void> = Promise.resolve();

  constructor(parts: AdoptionParts) {
    this.#parts = parts;
  }

  /** Checks the bentos that have not been checked yet. Resolves when all are checked. */
  run(sessions: readonly ServeSession[]): Promise<void> {
    for (const session of sessions) {
      if (this.#tried.has(session) || !this.#mayRunOnEngine(session)) continue;
      this.#tried.add(session);
      this.#queue = this.#queue.then(() => this.#adopt(session));
    }
    return this.#queue;
  }

  /** Makes the next run check all bentos again, or one of them. */
  again(session?: ServeSession): void {
    if (session === undefined) this.#tried = new WeakSet();
    else this.#tried.delete(session);
  }

  dispose(): void {
    this.#cancel.abort();
  }

  #mayRunOnEngine(session: ServeSession): boolean {
    const { bento } = session.record;
    return (
      !isWatched(bento) &&
      session.isIdle &&
      this.#parts.sources.settingsFor(bento).target !== 'local'
    );
  }

  async #adopt(session: ServeSession): Promise<void> {
    const { clock, log } = this.#parts;
    const { name } = session.record.bento;
    // It may have been served or removed while others were looked for.
    if (!this.#isOpen(session) || !this.#mayRunOnEngine(session)) return;
    const cancels = [this.#cancel.signal];
    try {
      const found = await withDeadline(clock, limitMs, cancels, (signal) =>
        this.#find(session, signal),
      );
      if (found === undefined) return;
      if (this.#isOpen(session)) session.adopt(found);
      else await found.leave();
    } catch (error) {
      // The user did not ask for this, so there is no notification.
      log.info(
        `${name}: could not check whether it runs on its engine: ${problemOf(error).message}`,
      );
    }
  }

  #isOpen(session: ServeSession): boolean {
    return !this.#cancel.signal.aborted && this.#parts.isListed(session);
  }

  async #find(session: ServeSession, signal: AbortSignal): Promise<RunningBento | undefined> {
    const finding = this.#parts.factory.adopted(session.record, signal);
    try {
      return await untilAborted(signal, finding);
    } catch (error) {
      // What is found too late must not be watched.
      finding.then((late) => late?.leave()).catch(() => undefined);
      throw error;
    }
  }
}
