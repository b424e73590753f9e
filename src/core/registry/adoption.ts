import type { Clock } from '../clock';
import { withDeadline } from '../deadline';
import type { Log } from '../log';
import type { BentoEngine, Problem } from '../model';
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
  readonly sources: Pick<BentoSources, 'settingsFor' | 'usedEngines'>;
  readonly factory: Pick<BentoFactory, 'adopted'>;
  /** Whether the window still has the session. */
  readonly isListed: (session: ServeSession) => boolean;
}

/** The time limit for an engine that does not answer. */
const limitMs = 30_000;

/** The shortest time between two checks because the window gets the focus. */
const focusMs = 10_000;

/** The first and the longest time between two attempts if Docker Compose is not running. */
const [firstRetryMs, longestRetryMs] = [5_000, 60_000];

/** Finds bentos that have been running on engines since an earlier window. Checks each bento once, one at a time. */
export class Adoption {
  readonly #parts: AdoptionParts;
  #tried = new WeakSet<ServeSession>();
  readonly #failures = new WeakMap<ServeSession, number>();
  readonly #cancel = new AbortController();
  #queue: Promise<void> = Promise.resolve();
  #focusedAt = -Infinity;

  constructor(parts: AdoptionParts) {
    this.#parts = parts;
  }

  /** Checks the bentos that have not been checked yet. Resolves when all are checked. */
  run(sessions: readonly ServeSession[]): Promise<void> {
    for (const session of sessions) {
      if (!this.#mayRunOnEngine(session)) {
        session.setUnknown(undefined);
        continue;
      }
      if (this.#tried.has(session)) continue;
      this.#tried.add(session);
      this.#queue = this.#queue.then(() => this.#adopt(session));
    }
    return this.#queue;
  }

  /** Checks bentos on Docker Compose again, because another window may have served one. Not more often than necessary. */
  async onFocus(sessions: readonly ServeSession[]): Promise<void> {
    const now = this.#parts.clock.now();
    if (now - this.#focusedAt < focusMs) return;
    this.#focusedAt = now;
    // The user's kubectl may open a browser to log in, so clusters are checked only on request.
    const onCompose = sessions.filter((session) => this.#mayUseCompose(session));
    for (const session of onCompose) this.reset(session);
    await this.run(onCompose);
  }

  /** Makes the next run check all bentos again, or one of them. */
  reset(session?: ServeSession): void {
    if (session === undefined) this.#tried = new WeakSet();
    else this.#tried.delete(session);
  }

  dispose(): void {
    this.#cancel.abort();
  }

  #mayRunOnEngine(session: ServeSession): boolean {
    const { bento } = session.record;
    return !isWatched(bento) && session.isIdle && this.#places(session).length > 0;
  }

  #mayUseCompose({ record: { bento } }: ServeSession): boolean {
    const { sources } = this.#parts;
    const isCompose = ({ kind }: BentoEngine): boolean => kind === 'compose';
    return (
      sources.settingsFor(bento).target === 'compose' ||
      sources.usedEngines.of(bento.id).some(isCompose)
    );
  }

  /** Where to look for the bento: its target, and the engines that it was served on before. */
  #places({ record: { bento } }: ServeSession): readonly ('target' | BentoEngine)[] {
    const { sources } = this.#parts;
    const { target } = sources.settingsFor(bento);
    // Compose has only one project of it. There may be several clusters.
    const used = sources.usedEngines
      .of(bento.id)
      .filter((one) => one.kind !== 'compose' || target !== 'compose');
    return target === 'local' ? used : ['target', ...used];
  }

  async #adopt(session: ServeSession): Promise<void> {
    const { clock, log } = this.#parts;
    const { name } = session.record.bento;
    // The bento may have been served or removed while others were checked.
    if (!this.#isOpen(session) || !this.#mayRunOnEngine(session)) return;
    const cancels = [this.#cancel.signal];
    try {
      const found = await withDeadline(clock, limitMs, cancels, (signal) =>
        this.#find(session, signal),
      );
      this.#failures.delete(session);
      session.setUnknown(undefined);
      if (found === undefined) return;
      if (this.#isOpen(session)) session.adopt(found);
      else await found.leave();
    } catch (error) {
      // The user did not ask for this, so there is no notification.
      const problem = problemOf(error);
      log.info(`${name}: could not check whether it runs on its engine: ${problem.message}`);
      if (problem.code === 'engine-unreachable') this.#unreachable(session, problem);
    }
  }

  #unreachable(session: ServeSession, problem: Problem): void {
    if (!this.#isOpen(session) || !this.#mayRunOnEngine(session)) return;
    const { clock } = this.#parts;
    const { unknown } = session.record;
    session.setUnknown({ since: unknown?.since ?? clock.date(), problem });
    // The user's kubectl may open a browser to log in, so it runs only on request.
    if (!this.#mayUseCompose(session)) return;
    const failures = this.#failures.get(session) ?? 0;
    this.#failures.set(session, failures + 1);
    const retry = clock.after(Math.min(firstRetryMs * 2 ** failures, longestRetryMs), () => {
      this.reset(session);
      void this.run([session]);
    });
    this.#cancel.signal.addEventListener('abort', () => retry.dispose(), { once: true });
  }

  #isOpen(session: ServeSession): boolean {
    return !this.#cancel.signal.aborted && this.#parts.isListed(session);
  }

  async #find(session: ServeSession, signal: AbortSignal): Promise<RunningBento | undefined> {
    const finding = this.#findAnywhere(session, signal);
    try {
      return await untilAborted(signal, finding);
    } catch (error) {
      // A bento that is found after the time limit must not be watched.
      finding.then((late) => late?.leave()).catch(() => undefined);
      throw error;
    }
  }

  async #findAnywhere(
    session: ServeSession,
    signal: AbortSignal,
  ): Promise<RunningBento | undefined> {
    const { factory, sources } = this.#parts;
    const { record } = session;
    const serveAgain = (): Promise<unknown> => session.restart(undefined, {});
    for (const place of this.#places(session)) {
      const engine = place === 'target' ? undefined : place;
      const found = await factory.adopted(record, signal, serveAgain, engine);
      if (found !== undefined) return found;
      if (engine !== undefined) sources.usedEngines.remove(record.bento.id, engine);
    }
    return undefined;
  }
}
