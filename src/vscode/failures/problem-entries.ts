import type { Bento, Problem } from '../../core/model';

/** A line in the list of problems. */
export interface ProblemEntry {
  /** An absolute path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
  readonly code: string;
}

/** What is to be corrected in the user's files: kept until the bento is ready again, or gone. */
export class ProblemEntries {
  readonly #isOwn: (file: string, bento: string) => boolean;
  readonly #entries = new Map<string, readonly ProblemEntry[]>();
  readonly #checked = new WeakMap<Problem, boolean>();

  /** `isOwn`: whether a file lies in the folders of the bento; asked once for a problem. */
  constructor(isOwn: (file: string, bento: string) => boolean) {
    this.#isOwn = isOwn;
  }

  get all(): readonly ProblemEntry[] {
    return [...this.#entries.values()].flat();
  }

  /** True when something is different now. */
  update(bentos: readonly Bento[]): boolean {
    const before = JSON.stringify(this.all);
    const there = new Set(bentos.map(({ id }) => id));
    for (const id of this.#entries.keys()) if (!there.has(id)) this.#entries.delete(id);
    for (const bento of bentos) {
      const found = this.#of(bento);
      if (found.length > 0) this.#entries.set(bento.id, found);
      else if (bento.state === 'ready') this.#entries.delete(bento.id);
    }
    return JSON.stringify(this.all) !== before;
  }

  /** The bento's problem is often that of one of its components. */
  #of({ id, problem, components }: Bento): readonly ProblemEntry[] {
    const entries = new Map<string, ProblemEntry>();
    for (const one of [problem, ...components.map((component) => component.problem)]) {
      if (one?.location === undefined || !this.#belongs(one, one.location.file, id)) continue;
      const { message, code, location } = one;
      entries.set(`${location.file}:${location.line}:${message}`, { ...location, message, code });
    }
    return [...entries.values()];
  }

  #belongs(problem: Problem, file: string, bento: string): boolean {
    const known = this.#checked.get(problem) ?? this.#isOwn(file, bento);
    this.#checked.set(problem, known);
    return known;
  }
}
