import { argument, type Expression } from './python-expressions';
import type { PythonNames } from './python-names';

/**
 * The names BentoML will give to the runners of legacy services, as far as the source alone decides them:
 * `bentoml.Runner(Cls, name="x")`, `bentoml.sklearn.get("iris:latest").to_runner()` and variables holding those.
 */
export class PythonRunners {
  readonly #names: PythonNames;
  readonly #classes: ReadonlySet<string>;
  readonly #runners = new Map<string, string>();
  readonly #models = new Map<string, string>();

  constructor(names: PythonNames, classes: ReadonlySet<string>) {
    this.#names = names;
    this.#classes = classes;
  }

  assign(variable: string, value: Expression): void {
    const runner = this.#runnerName(value);
    const model = this.#modelName(value);
    if (runner === undefined) this.#runners.delete(variable);
    else this.#runners.set(variable, runner);
    if (model === undefined) this.#models.delete(variable);
    else this.#models.set(variable, model);
  }

  /** All names of a `runners=` argument, or nothing when one of them is not sure. */
  list(runners: Expression | undefined): readonly string[] | undefined {
    if (runners === undefined || (runners.kind === 'name' && runners.name === 'None')) return [];
    if (runners.kind !== 'list') return undefined;
    const names = new Set<string>();
    for (const item of runners.items) {
      const name = this.#runnerName(item);
      if (name === undefined) return undefined;
      names.add(name);
    }
    return [...names];
  }

  #runnerName(value: Expression): string | undefined {
    if (value.kind === 'name') return this.#runners.get(value.name);
    if (value.kind !== 'call') return undefined;
    const name = argument(value.args, 'name');
    const literal = name?.kind === 'string' ? name.value : undefined;
    if (this.#names.resolve(value.callee) === 'bentoml.Runner') {
      return (name === undefined ? this.#className(value.args[0]?.value) : literal)?.toLowerCase();
    }
    if (value.callee.kind !== 'attribute' || value.callee.name !== 'to_runner') return undefined;
    if (name !== undefined && literal !== '') return literal?.toLowerCase();
    return value.args[0]?.name === undefined && value.args.length > 0
      ? undefined
      : this.#modelName(value.callee.object)?.toLowerCase();
  }

  /** Only of a class of this file: an imported name may be another's alias. */
  #className(value: Expression | undefined): string | undefined {
    return value?.kind === 'name' && this.#classes.has(value.name) ? value.name : undefined;
  }

  /** `bentoml.models.get("iris:latest")` and `bentoml.FRAMEWORK.get(…)`: the model's name without its version. */
  #modelName(value: Expression): string | undefined {
    if (value.kind === 'name') return this.#models.get(value.name);
    if (value.kind !== 'call') return undefined;
    const path = this.#names.resolve(value.callee);
    if (path === undefined || !/^bentoml\.\w+\.get$/.test(path)) return undefined;
    const tag = value.args[0]?.value;
    return tag?.kind === 'string' ? tag.value?.split(':', 1)[0] : undefined;
  }
}
