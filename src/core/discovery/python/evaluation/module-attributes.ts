import type { Result } from '../python-results';
import type { PythonModule } from '../python-values';
import type { Evaluator } from './evaluator';
import type { ModuleLookup } from './module-lookup';

/** Finds the attributes of modules: their own, those of `from … import *`, and submodules. */
export class ModuleAttributes {
  readonly #modules: ModuleLookup;
  readonly #evaluator: Evaluator;

  constructor(modules: ModuleLookup, evaluator: Evaluator) {
    this.#modules = modules;
    this.#evaluator = evaluator;
  }

  /** Returns an attribute of a module, including imported ones; undefined if it has none. */
  of(module: PythonModule, name: string): Result | undefined {
    const own = module.names.get(name);
    if (own !== undefined) return this.#evaluator.evaluate(own, undefined);
    if (module.stars.length === 0) return undefined;
    this.#evaluator.budget.spend(1);
    for (const { names } of this.#modules.starredBy(module)) {
      const value = names.get(name);
      if (value !== undefined) return this.#evaluator.evaluate(value, undefined);
    }
    return undefined;
  }

  /** Evaluates `from module import name`: an attribute, or else a submodule; undefined if there is neither. */
  imported(module: string, name: string, file: string): Result | undefined {
    const found = this.#modules.find(module, file);
    const own = found && this.of(found, name);
    if (own !== undefined) return own;
    const inner = module.endsWith('.') ? module + name : `${module}.${name}`;
    if (this.#modules.find(inner, file) !== undefined) return { kind: 'module', name: inner, file };
    return found === undefined ? { kind: 'external', path: inner } : undefined;
  }

  /** Whether a module certainly has no such attribute when it is imported. */
  lacks(module: PythonModule, name: string): boolean {
    if (module.isDynamic || module.others.has(name) || module.names.has(name)) return false;
    if (this.of(module, name) !== undefined) return false;
    return module.stars.every((star) => {
      const found = this.#modules.find(star, module.file);
      return found !== undefined && found.stars.length === 0 && this.lacks(found, name);
    });
  }
}
