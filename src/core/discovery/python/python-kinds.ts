import type { PythonEvaluation } from './python-evaluation';
import type { PythonModule } from './python-values';
import type { Result } from './python-results';
import type { Value } from './python-values';

const depthLimit = 20;

/** What an attribute of a module certainly is, in words, where that is nothing that can be served: `a class`. */
export function sureKind(
  module: PythonModule,
  name: string,
  evaluation: PythonEvaluation,
): string | undefined {
  if (module.isDynamic || module.others.has(name)) return undefined;
  const value = module.names.get(name);
  return value && kindOf(value, evaluation, 0);
}

const words: Readonly<Partial<Record<Value['kind'], string>>> = {
  function: 'a function',
  string: 'a text',
  none: 'None',
  list: 'a collection',
  dict: 'a collection',
  each: 'a collection',
};

function kindOf(value: Value, evaluation: PythonEvaluation, depth: number): string | undefined {
  if (depth > depthLimit) return undefined;
  const of = (part: Value): string | undefined => kindOf(part, evaluation, depth + 1);
  if (value.kind === 'defined') return of(value.value);
  if (value.kind === 'class') return value.definition.hasMetaclass ? undefined : 'a class';
  if (value.kind === 'call') return kindOfCall(value, evaluation);
  if (value.kind === 'choice') {
    const [first, ...others] = value.options.map(of);
    return others.includes(undefined) ? undefined : first;
  }
  if (value.kind !== 'imported') return words[value.kind];
  const at = evaluation.importedFrom(value);
  return at === 'module' ? 'a module' : at && sureKind(at.module, at.name, evaluation);
}

const madeWords: Readonly<Partial<Record<Result['kind'], string>>> = {
  runner: 'a runner',
  model: 'a model',
  dependency: 'a dependency',
  decorator: 'a decorator',
};

/** What BentoML's own functions give, and objects of classes that extend nothing else. */
function kindOfCall(value: Value, evaluation: PythonEvaluation): string | undefined {
  const result = evaluation.value(value);
  if (result.kind !== 'instance') return madeWords[result.kind];
  return evaluation.isPlain(result.of) ? `an object of ${result.of.definition.name}` : undefined;
}
