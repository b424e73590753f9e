import type { Result } from '../python-results';
import type { PythonModule } from '../python-values';
import type { Evaluator } from './evaluator';
import type { ModuleLookup } from './module-lookup';

/** The attributes of modules: their own, those of `from … import *`, and inner modules. */
export class ModuleAttributes {
  readonly #modules: ModuleLookup;
  readonly #evaluator: Evaluator;

  constructor(modules: ModuleLookup, evaluator: Evaluator) {
    this.#modules = modules;
    this.#evaluator = evaluator;
  }

  /** An attribute of a module, also one that it imports; undefined when it has none. */
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

  /** What `from module import name` gives: an attribute, or else an inner module; undefined when it has neither. */
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
