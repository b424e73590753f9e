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

  /** True when something of it is different now. */
  update(bento: Bento): boolean {
    const before = this.#entries.get(bento.id);
    const found = this.#of(bento);
    if (found.length === 0) return bento.state === 'ready' && this.#entries.delete(bento.id);
    this.#entries.set(bento.id, found);
    return JSON.stringify(found) !== JSON.stringify(before);
  }

  /** Forgets the bentos that are not there any more; true when there was something of them. */
  keep(ids: ReadonlySet<string>): boolean {
    const gone = [...this.#entries.keys()].filter((id) => !ids.has(id));
    for (const id of gone) this.#entries.delete(id);
    return gone.length > 0;
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
