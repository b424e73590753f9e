import type { DiscoveredBento } from '../discovery/discovered-bento';
import { displayNames } from '../discovery/display-names';
import { isWatched } from './bento-record';
import type { BentoSources } from './bento-sources';
import type { ServeSession } from './serve-session';

export interface ReconcilerParts {
  readonly sources: BentoSources;
  readonly newSession: (bento: DiscoveredBento) => ServeSession;
  readonly isTrusted: () => boolean;
}

/** Keeps one session for each discovered bento. A bento that is gone keeps its session while it is served. */
export class DiscoveryReconciler {
  readonly #parts: ReconcilerParts;
  readonly #sessions = new Map<string, ServeSession>();

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
  }

  get sessions(): readonly ServeSession[] {
    return [...this.#sessions.values()];
  }

  get(id: string): ServeSession | undefined {
    return this.#sessions.get(id);
  }

  /** Adds what is new, updates what changed, removes what is gone and not served. */
  reconcile(): void {
    const found = new Map(this.#parts.sources.discovered().map((bento) => [bento.id, bento]));
    for (const [id, session] of this.#sessions) {
      if (found.has(id)) continue;
      if (session.isIdle) this.#sessions.delete(id);
      else if (this.#isRemoved(session.record.bento)) session.release();
    }
    const isTrusted = this.#parts.isTrusted();
    for (const [id, bento] of found) {
      const session = this.#sessions.get(id);
      if (session === undefined) this.#sessions.set(id, this.#parts.newSession(bento));
      else session.update(bento, isTrusted);
    }
    this.#updateDisplayNames();
  }

  /** The user removed its folder from the window, or its address from the watched ones. */
  #isRemoved(bento: DiscoveredBento): boolean {
    return isWatched(bento) || !this.#parts.sources.hasFolder(bento.folder);
  }

  #updateDisplayNames(): void {
    const names = displayNames(this.sessions.map(({ record }) => record.bento));
    for (const session of this.sessions) {
      const { id, name } = session.record.bento;
      session.rename(names.get(id) ?? name);
    }
  }
}
