import type { Expression } from './python-expressions';
import type { Token } from './python-tokens';

/** Where an imported name comes from: `from .ranker import Ranker as R` is Ranker of `.ranker`. */
export interface ImportedName {
  readonly module: string;
  /** Absent when the name is the module itself. */
  readonly name?: string;
}

const starExports = ['service', 'depends', 'Service', 'Runner', 'legacy'];
const dotsLimit = 8;
/** An alias of an alias of an alias would grow with each line. */
const pathLimit = 200;

/** What the names of one module stand for, as far as BentoML is concerned. */
export class PythonNames {
  readonly #paths = new Map<string, string>();
  readonly #imported = new Map<string, ImportedName>();

  define(name: string, path: string): void {
    this.#paths.set(name, path);
  }

  forget(name: string): void {
    this.#paths.delete(name);
    this.#imported.delete(name);
  }

  imported(name: string): ImportedName | undefined {
    return this.#imported.get(name);
  }

  /** The dotted BentoML name of an expression, such as `bentoml.Service`; its legacy module counts as BentoML itself. */
  resolve(expression: Expression): string | undefined {
    const path = this.#resolve(expression);
    if (path === undefined || path.length > pathLimit) return undefined;
    return path.replace(/^bentoml\.legacy\./, 'bentoml.');
  }

  #resolve(expression: Expression): string | undefined {
    const names: string[] = [];
    let base = expression;
    while (base.kind === 'attribute' && names.length < dotsLimit) {
      names.unshift(base.name);
      base = base.object;
    }
    const root = base.kind === 'name' ? this.#paths.get(base.name) : this.#getattr(base);
    return root === undefined ? undefined : [root, ...names].join('.');
  }

  /** `getattr(bentoml, "legacy", bentoml)`: how one source fits old and new versions. */
  #getattr(expression: Expression): string | undefined {
    if (expression.kind !== 'call' || expression.callee.kind !== 'name') return undefined;
    const [object, name] = expression.args;
    if (expression.callee.name !== 'getattr' || object?.value.kind !== 'name') return undefined;
    const root = this.#paths.get(object.value.name);
    if (root === undefined || name?.value.kind !== 'string') return undefined;
    return name.value.value === undefined ? undefined : `${root}.${name.value.value}`;
  }

  /** Reads an `import` or `from … import` statement; `shadows` is false where it is only one of two ways. */
  readImport(tokens: readonly Token[], shadows: boolean): void {
    if (tokens[0]?.text === 'import') this.#readPlainImport(tokens, shadows);
    else this.#readFromImport(tokens, shadows);
  }

  #readPlainImport(tokens: readonly Token[], shadows: boolean): void {
    for (const clause of clauses(tokens.slice(1))) {
      const as = clause.findIndex((token) => token.text === 'as');
      const module = textOf(as < 0 ? clause : clause.slice(0, as));
      const alias = as < 0 ? undefined : clause[as + 1]?.text;
      const root = module.split('.', 1)[0] ?? '';
      if (root === 'bentoml') this.define(alias ?? root, alias === undefined ? root : module);
      else this.#import(alias ?? module, { module }, shadows);
    }
  }

  #readFromImport(tokens: readonly Token[], shadows: boolean): void {
    const at = tokens.findIndex((token) => token.text === 'import');
    if (at < 0) return;
    const module = textOf(tokens.slice(1, at));
    const isBentoml = module === 'bentoml' || module.startsWith('bentoml.');
    const names = tokens.slice(at + 1).filter(({ text }) => text !== '(' && text !== ')');
    for (const [name, as, alias] of clauses(names)) {
      if (name?.text === '*' && isBentoml) {
        for (const exported of starExports) this.define(exported, `${module}.${exported}`);
      } else if (name?.kind === 'name') {
        const local = as?.text === 'as' && alias !== undefined ? alias.text : name.text;
        if (isBentoml) this.define(local, `${module}.${name.text}`);
        else this.#import(local, { module, name: name.text }, shadows);
      }
    }
  }

  #import(local: string, from: ImportedName, shadows: boolean): void {
    if (shadows) this.#paths.delete(local);
    this.#imported.set(local, from);
  }
}

const textOf = (tokens: readonly Token[]): string => tokens.map(({ text }) => text).join('');

function clauses(tokens: readonly Token[]): Token[][] {
  const found: Token[][] = [[]];
  for (const token of tokens) {
    if (token.text === ',') found.push([]);
    else found.at(-1)?.push(token);
  }
  return found;
}
