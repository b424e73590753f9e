import type { Clock } from '../clock';
import { withDeadline } from '../deadline';
import type { Log } from '../log';
import type { Problem } from '../model';
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

/** The first and the longest time between two attempts if Docker Compose is not running. */
const [firstRetryMs, longestRetryMs] = [5_000, 60_000];

/** Finds bentos that run on engines since before this window, each once, one after the other. */
export class Adoption {
  readonly #parts: AdoptionParts;
  readonly #tried = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #cancel = new AbortController();
  #queue: Promise<void> = Promise.resolve();

  constructor(parts: AdoptionParts) {
    this.#parts = parts;
  }

  /** Looks for those that have not been looked for. Resolves when all of them are looked for. */
  run(sessions: readonly ServeSession[]): Promise<void> {
    for (const session of sessions) {
      const { bento } = session.record;
      if (bento.source === 'remote' || !session.isIdle || this.#tried.has(bento.id)) continue;
      if (this.#parts.sources.settingsFor(bento).target === 'local') {
        session.setUnknown(undefined);
        continue;
      }
      this.#tried.add(bento.id);
      this.#queue = this.#queue.then(() => this.#adopt(session));
    }
    return this.#queue;
  }

  /** Looks for all of them again. */
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
      this.#failures.delete(session.record.bento.id);
      session.setUnknown(undefined);
      if (found === undefined) return;
      if (this.#cancel.signal.aborted) await found.leave();
      else session.adopt(found);
    } catch (error) {
      if (this.#cancel.signal.aborted) return;
      // Nobody has asked for it.
      const problem = problemOf(error);
      log.info(`${name}: its engine was not asked: ${problem.message}`);
      if (problem.code === 'engine-unreachable') this.#unreachable(session, problem);
    }
  }

  #unreachable(session: ServeSession, problem: Problem): void {
    const { clock, sources } = this.#parts;
    const { bento, unknown } = session.record;
    session.setUnknown({ since: unknown?.since ?? clock.date(), problem });
    // The user's kubectl may open a browser to log in, so it runs only on request.
    if (sources.settingsFor(bento).target !== 'compose') return;
    const failures = this.#failures.get(bento.id) ?? 0;
    this.#failures.set(bento.id, failures + 1);
    const retry = clock.after(Math.min(firstRetryMs * 2 ** failures, longestRetryMs), () => {
      if (this.#cancel.signal.aborted) return;
      this.#tried.delete(bento.id);
      void this.run([session]);
    });
    this.#cancel.signal.addEventListener('abort', () => retry.dispose(), { once: true });
  }
}
