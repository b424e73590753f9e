import type { Bento } from '../../core/model';
import { isServed } from '../lifecycle/readiness';

interface Served {
  /** The ids of the components whose terminals were opened. */
  readonly opened: Set<string>;
  /** The ids of those whose terminals will be opened. */
  readonly wanted: Set<string>;
}

/** Decides which components get a terminal: each one once for each serve, so that a closed tab stays closed. */
export class WantedTerminals {
  readonly #served = new Map<string, Served>();

  /** Adds the components of the bento that have begun to run. Returns whether any of them needs a terminal. */
  update(bento: Bento, hasOutput: (component: string) => boolean): boolean {
    const { id, components, state } = bento;
    if (state === 'stopped') this.#served.delete(id);
    // A user who stops a bento does not want to see more of it.
    else if (state === 'stopping') this.#served.get(id)?.wanted.clear();
    else if (isServed(bento)) {
      const { opened, wanted } = this.#of(id);
      for (const component of components) {
        if (!opened.has(component.id) && hasOutput(component.id)) wanted.add(component.id);
      }
    }
    const isAnyWanted = (this.#served.get(id)?.wanted.size ?? 0) > 0;
    // A bento that has failed still gets its terminals.
    if (state === 'failed' && !isAnyWanted) this.#served.delete(id);
    return isAnyWanted;
  }

  /** Returns the components that get a terminal now. `isOver`: whether the bento is no longer served. */
  take(id: string, isOver: boolean): readonly string[] {
    const taken = [...this.#of(id).wanted];
    for (const component of taken) this.markOpened(id, component);
    if (isOver) this.#served.delete(id);
    return taken;
  }

  /** Records that the terminal of a component was opened. Does nothing if the bento is not served. */
  markOpened(id: string, component: string): void {
    const served = this.#served.get(id);
    served?.wanted.delete(component);
    served?.opened.add(component);
  }

  #of(id: string): Served {
    const known = this.#served.get(id) ?? { opened: new Set(), wanted: new Set() };
    this.#served.set(id, known);
    return known;
  }
}
