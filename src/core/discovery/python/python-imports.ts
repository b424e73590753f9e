import type { PythonScope } from './python-scope';
import type { Token } from './python-tokens';
import { valueOf, type Value } from './python-values';

/** Packages that are never taken from the workspace: what discovery understands of Python and of BentoML. */
const knownPackages = /^(?:_?bentoml(?:_sdk)?|functools|typing|typing_extensions)(?:\.|$)/;
const bentomlNames = ['service', 'depends', 'runner_service', 'Service', 'Runner', 'legacy'];

/** Reads an `import` or `from … import` statement. */
export function readImport(tokens: readonly Token[], scope: PythonScope, isOnlyWay: boolean): void {
  if (tokens[0]?.text === 'import') readPlainImport(tokens, scope, isOnlyWay);
  else readFromImport(tokens, scope, isOnlyWay);
}

function readPlainImport(tokens: readonly Token[], scope: PythonScope, isOnlyWay: boolean): void {
  for (const clause of clauses(tokens.slice(1))) {
    const as = clause.findIndex(({ text }) => text === 'as');
    const module = textOf(as < 0 ? clause : clause.slice(0, as));
    const alias = as < 0 ? undefined : clause[as + 1]?.text;
    // `import a.b` makes the name `a`, `import a.b as c` makes `c` the inner module.
    const bound = alias === undefined ? (module.split('.', 1)[0] ?? '') : module;
    if (bound !== '') scope.set(alias ?? bound, imported(bound, undefined, scope), isOnlyWay);
  }
}

function readFromImport(tokens: readonly Token[], scope: PythonScope, isOnlyWay: boolean): void {
  const at = tokens.findIndex(({ text }) => text === 'import');
  if (at < 0) return;
  const module = textOf(tokens.slice(1, at));
  if (module === '') return;
  const names = tokens.slice(at + 1).filter(({ text }) => text !== '(' && text !== ')');
  for (const [name, as, alias] of clauses(names)) {
    if (name?.text === '*') {
      readStar(module, scope, isOnlyWay);
    } else if (name?.kind === 'name') {
      const local = as?.text === 'as' && alias !== undefined ? alias.text : name.text;
      scope.set(local, imported(module, name.text, scope), isOnlyWay);
    }
  }
}

function readStar(module: string, scope: PythonScope, isOnlyWay: boolean): void {
  if (!knownPackages.test(module)) {
    scope.addStar(module);
    return;
  }
  for (const name of bentomlNames) scope.set(name, imported(module, name, scope), isOnlyWay);
}

function imported(module: string, name: string | undefined, scope: PythonScope): Value {
  if (knownPackages.test(module)) {
    return valueOf({ kind: 'external', path: name === undefined ? module : `${module}.${name}` });
  }
  const from = name === undefined ? { module } : { module, name };
  return valueOf({ kind: 'imported', from, file: scope.module.file });
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
