import type { PythonModule } from '../python-values';
import type { EvaluationBudget } from './evaluation-budget';

/** A module of the workspace; null when there is no such file; undefined when it has not been read yet. */
export type ModuleAt = (file: string) => PythonModule | null | undefined;
/** The files that an imported module may be, most likely first. */
export type FilesOf = (module: string, file: string) => readonly string[];

/** Modules whose names one module has by `from … import *`. */
const starredLimit = 200;
/** Files looked for that cost as much as one step. */
const filesPerStep = 8;

/** Finds the modules of the workspace by the names that people import, and remembers which files that took. */
export class ModuleLookup {
  /** Files that have to be read first; what depends on them is unknown. */
  readonly needed = new Set<string>();
  /** Every file that was looked at. What was found holds as long as they do not change. */
  readonly used = new Map<string, PythonModule | null>();
  readonly #moduleAt: ModuleAt;
  readonly #filesOf: FilesOf;
  readonly #budget: EvaluationBudget;
  readonly #starred = new Map<PythonModule, readonly PythonModule[]>();

  constructor(moduleAt: ModuleAt, filesOf: FilesOf, budget: EvaluationBudget) {
    this.#moduleAt = moduleAt;
    this.#filesOf = filesOf;
    this.#budget = budget;
  }

  /** The module that `file` imports by this name; undefined if the workspace has none, or it is not read yet. */
  find(module: string, file: string): PythonModule | undefined {
    const files = this.#filesOf(module, file);
    this.#budget.spend(1 + Math.ceil(files.length / filesPerStep));
    for (const candidate of files) {
      const found = this.used.get(candidate) ?? this.#moduleAt(candidate);
      if (found === undefined) {
        this.needed.add(candidate);
        return undefined;
      }
      this.used.set(candidate, found);
      if (found !== null) return found;
    }
    return undefined;
  }

  /** The modules whose names a module has by `from … import *`, in the order of the statements, each of them once. */
  starredBy(module: PythonModule): readonly PythonModule[] {
    const known = this.#starred.get(module);
    if (known !== undefined) return known;
    const found = new Set<PythonModule>();
    const stack = [module];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (found.has(at)) continue;
      found.add(at);
      if (found.size > starredLimit || this.#budget.isSpent) break;
      const stars: PythonModule[] = [];
      for (const star of at.stars) {
        const next = this.find(star, at.file);
        if (next !== undefined) stars.push(next);
      }
      stack.push(...stars.reverse());
    }
    found.delete(module);
    const starred = [...found];
    this.#starred.set(module, starred);
    return starred;
  }
}
