import type { PythonModule } from '../python-values';
import type { EvaluationBudget } from './evaluation-budget';

/** Returns a module of the workspace; null if there is no such file; undefined if it has not been read yet. */
export type ModuleAt = (file: string) => PythonModule | null | undefined;
/** Returns the files that an import may refer to, the most likely first. */
export type FilesOf = (module: string, file: string) => readonly string[];

/** The most modules that a module can import by `from … import *`. */
const starredLimit = 200;
/** The number of file lookups that count as one step. */
const filesPerStep = 8;

/** Finds the modules of the workspace for imports, and records the files that it looked for. */
export class ModuleLookup {
  /** Files that must be read first. Values that depend on them are unknown. */
  readonly needed = new Set<string>();
  /** All files that were looked for. The results are valid until one of them changes. */
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

  /** Returns the module that `file` imports by this name; undefined if there is none, or if it is not read yet. */
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

  /** Returns the modules that a module imports by `from … import *`, in the order of the statements, each once. */
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
