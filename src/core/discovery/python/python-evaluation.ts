import { isPlain } from './evaluation/class-hierarchy';
import { itemsOf } from './evaluation/collections';
import { EvaluationBudget } from './evaluation/evaluation-budget';
import { ModuleLookup, type FilesOf, type ModuleAt } from './evaluation/module-lookup';
import { publicPath } from './evaluation/public-path';
import { ValueEvaluator } from './evaluation/value-evaluator';
import { noArguments, type ClassResult, type Result } from './python-results';
import type { PythonModule, Value } from './python-values';

/** Works out what the values of a module are, across the modules of the workspace. It ends, whatever they say. */
export class PythonEvaluation {
  readonly #budget = new EvaluationBudget();
  readonly #modules: ModuleLookup;
  readonly #evaluator: ValueEvaluator;

  constructor(moduleAt: ModuleAt, filesOf: FilesOf) {
    this.#modules = new ModuleLookup(moduleAt, filesOf, this.#budget);
    this.#evaluator = new ValueEvaluator(this.#modules, this.#budget);
  }

  /** Files that must be read first. Values that depend on them are unknown. */
  get needed(): ReadonlySet<string> {
    return this.#modules.needed;
  }

  /** All files that were looked for. The results are valid until one of them changes. */
  get used(): ReadonlyMap<string, PythonModule | null> {
    return this.#modules.used;
  }

  /** What it has cost so far. */
  get steps(): number {
    return this.#budget.steps;
  }

  /** Returns an attribute of a module, including imported ones; undefined if it has none. */
  attribute(module: PythonModule, name: string): Result | undefined {
    return this.#evaluator.moduleAttributes.of(module, name);
  }

  /** Whether a module certainly has no such attribute when it is imported. */
  lacks(module: PythonModule, name: string): boolean {
    return this.#evaluator.moduleAttributes.lacks(module, name);
  }

  /** `Front` or `Front.echo`, as in a reference: an attribute of a service is one of its dependencies. */
  path(module: PythonModule, path: string): Result | undefined {
    const [first = '', ...rest] = path.split('.', 20);
    let result = this.attribute(module, first);
    for (const name of rest) {
      if (result?.kind === 'service') {
        result = result.dependencies().find(({ field }) => field === name)?.on;
      } else {
        result = result && this.#evaluator.attributeOf(result, name);
      }
    }
    return result;
  }

  /** What a value of a module is, outside of its functions. */
  value(value: Value): Result {
    return this.#evaluator.evaluate(value, undefined);
  }

  /** Where an imported name comes from, where that is in the workspace. */
  importedFrom({
    from: { module, name },
    file,
  }: Extract<Value, { kind: 'imported' }>):
    'module' | { readonly module: PythonModule; readonly name: string } | undefined {
    const found = this.#modules.find(module, file);
    if (found === undefined) return undefined;
    if (name === undefined) return 'module';
    return found.names.has(name) ? { module: found, name } : undefined;
  }

  /** Whether objects of a class are certainly objects of that class alone. */
  isPlain(of: ClassResult): boolean {
    return isPlain(of, this.#evaluator);
  }

  /** Whether services can be made with it: a decorator, a function that makes them, BentoML's own by another name. */
  canMakeServices(result: Result): boolean {
    const { kind } = result;
    if (kind === 'external') {
      return /^bentoml\.(?:legacy\.)?[sS]ervice$/.test(publicPath(result.path));
    }
    if (kind === 'list' || kind === 'dict' || kind === 'each' || kind === 'several') {
      const items = kind === 'several' ? result.options : itemsOf(result);
      return items.some((item) => item.kind !== kind && this.canMakeServices(item));
    }
    // Its methods may.
    if (kind === 'instance') return [...result.of.definition.members.values()].some(isFunction);
    if (kind !== 'class' && kind !== 'function') return kind === 'decorator' || kind === 'partial';
    const made = this.#evaluator.apply(result, { ...noArguments, isOpen: true });
    return ['service', 'decorator', 'function', 'partial'].includes(made.kind);
  }
}

const isFunction = ({ kind }: Value): boolean => kind === 'function';
