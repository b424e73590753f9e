import type { Bento } from '../../core/model';
import { isServed } from '../lifecycle/readiness';

/** Decides when a component gets a terminal of itself: once per Serve, so that a closed tab stays closed. */
export class WantedTerminals {
  readonly #given = new Map<string, Set<string>>();

  /** The components of a bento that get a terminal now. */
  next(bento: Bento, hasOutput: (component: string) => boolean): readonly string[] {
    if (!isServed(bento)) {
      this.#given.delete(bento.id);
      return [];
    }
    const given = this.#given.get(bento.id) ?? new Set<string>();
    this.#given.set(bento.id, given);
    const fresh = bento.components
      .map(({ id }) => id)
      .filter((id) => !given.has(id) && hasOutput(id));
    for (const id of fresh) given.add(id);
    return fresh;
  }
}
