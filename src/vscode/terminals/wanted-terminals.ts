import type { Bento } from '../../core/model';
import { isServed } from '../lifecycle/readiness';

interface Served {
  /** The ids of the components that had or have their terminal. */
  readonly given: Set<string>;
  /** Those that will get it. */
  readonly wanted: Set<string>;
}

/** Decides which components get a terminal: each once per Serve, so that a closed tab stays closed. */
export class WantedTerminals {
  readonly #served = new Map<string, Served>();

  /** Looks which components of the bento have begun to run. Returns whether any of them waits for a terminal. */
  note(bento: Bento, hasOutput: (component: string) => boolean): boolean {
    const { id, components, state } = bento;
    if (isServed(bento)) {
      const { given, wanted } = this.#of(id);
      for (const component of components) {
        if (!given.has(component.id) && hasOutput(component.id)) wanted.add(component.id);
      }
    }
    const isAnyWanted = (this.#served.get(id)?.wanted.size ?? 0) > 0;
    // What has failed may still get terminals; what is stopped does not.
    if (state === 'stopped' || (state === 'failed' && !isAnyWanted)) this.#served.delete(id);
    return isAnyWanted && state !== 'stopped';
  }

  /** The components that get a terminal now. `isOver`: the bento is not served any more. */
  take(id: string, isOver: boolean): readonly string[] {
    const { given, wanted } = this.#of(id);
    const taken = [...wanted];
    wanted.clear();
    for (const component of taken) given.add(component);
    if (isOver) this.#served.delete(id);
    return taken;
  }

  #of(id: string): Served {
    const known = this.#served.get(id) ?? { given: new Set(), wanted: new Set() };
    this.#served.set(id, known);
    return known;
  }
}
