import { isDeepStrictEqual } from 'node:util';
import type { LeftoverDeployment } from '../bento-manager';
import type { Clock } from '../clock';
import { withDeadline } from '../deadline';
import type { Disposable } from '../events';
import type { Message } from '../messages/message';
import type { BentoEngine } from '../model';
import { untilAborted } from '../until-aborted';
import type { BentoFactory } from './bento-factory';
import type { BentoSources } from './bento-sources';
import type { ServeSession } from './serve-session';

export interface LeftOnEnginesParts {
  readonly clock: Clock;
  readonly sources: Pick<BentoSources, 'usedEngines'>;
  readonly factory: Pick<BentoFactory, 'leftOn'>;
  /** Shows it to the user. */
  readonly tell: (message: Message) => void;
}

/** The time limit for an engine that does not answer. */
const limitMs = 30_000;
/** The first and the longest time between two looks. */
const [firstPauseMs, longestPauseMs] = [5_000, 60_000];

/** Finds what an earlier serve left on another engine while a bento is served, because its row shows only one place. */
export class LeftoverDeployments implements Disposable {
  readonly #parts: LeftOnEnginesParts;
  readonly #left = new Map<ServeSession, LeftoverDeployment>();
  readonly #timers = new Map<ServeSession, Disposable>();
  readonly #end = new AbortController();

  constructor(parts: LeftOnEnginesParts) {
    this.#parts = parts;
  }

  of(session: ServeSession): LeftoverDeployment | undefined {
    return this.#left.get(session);
  }

  /** Looks for it. On Docker Compose, repeats this while it is there or the engine does not answer. Never rejects. */
  async look(session: ServeSession, pauseMs = firstPauseMs): Promise<void> {
    this.#timers.get(session)?.dispose();
    this.#timers.delete(session);
    const engine = this.#other(session);
    if (engine === undefined) {
      this.#set(session, undefined);
      return;
    }
    const left = await this.#find(session, engine);
    if (this.#end.signal.aborted) return;
    // It was served elsewhere meanwhile.
    if (!isDeepStrictEqual(engine, this.#other(session))) return this.look(session);
    if (left === undefined) {
      this.#parts.sources.usedEngines.remove(session.record.bento.id, engine);
    }
    if (left !== 'unanswered') this.#set(session, left);
    // The user's kubectl may open a browser to log in, so it runs only on request.
    if (left === undefined || engine.kind !== 'compose') return;
    const next = Math.min(2 * pauseMs, longestPauseMs);
    this.#timers.set(
      session,
      this.#parts.clock.after(pauseMs, () => void this.look(session, next)),
    );
  }

  dispose(): void {
    this.#end.abort();
    for (const timer of this.#timers.values()) timer.dispose();
  }

  /** The engine on which something may be left of a bento that is served elsewhere. */
  #other({ record: { bento, served } }: ServeSession): BentoEngine | undefined {
    if (served === undefined) return undefined;
    const used = this.#parts.sources.usedEngines.of(bento.id);
    return used.find((one) => !isDeepStrictEqual(one, served.engine));
  }

  #find(
    { record }: ServeSession,
    engine: BentoEngine,
  ): Promise<LeftoverDeployment | undefined | 'unanswered'> {
    const { clock, factory } = this.#parts;
    return withDeadline(clock, limitMs, [this.#end.signal], (signal) =>
      untilAborted(signal, factory.leftOn(record, engine, signal)),
    ).catch(() => 'unanswered' as const);
  }

  #set(session: ServeSession, left: LeftoverDeployment | undefined): void {
    const before = this.#left.get(session);
    if (isDeepStrictEqual(before, left)) return;
    if (left === undefined) this.#left.delete(session);
    else {
      this.#left.set(session, left);
      this.#parts.tell(left.message);
    }
    session.invalidate();
  }
}
