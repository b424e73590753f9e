import { say, type Argument } from '../../messages/message';
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
): Argument | undefined {
  if (module.isDynamic || module.others.has(name)) return undefined;
  const value = module.names.get(name);
  return value && kindOf(value, evaluation, 0);
}

const words: Readonly<Partial<Record<Value['kind'], Argument>>> = {
  function: say('aFunction'),
  string: say('aText'),
  none: 'None',
  list: say('aCollection'),
  dict: say('aCollection'),
  each: say('aCollection'),
};

function kindOf(value: Value, evaluation: PythonEvaluation, depth: number): Argument | undefined {
  if (depth > depthLimit) return undefined;
  const of = (part: Value): Argument | undefined => kindOf(part, evaluation, depth + 1);
  if (value.kind === 'defined') return of(value.value);
  if (value.kind === 'class') return value.definition.hasMetaclass ? undefined : say('aClass');
  if (value.kind === 'call') return kindOfCall(value, evaluation);
  if (value.kind === 'choice') {
    const [first, ...others] = value.options.map(of);
    return others.includes(undefined) ? undefined : first;
  }
  if (value.kind !== 'imported') return words[value.kind];
  const at = evaluation.importedFrom(value);
  return at === 'module' ? say('aModule') : at && sureKind(at.module, at.name, evaluation);
}

const madeWords: Readonly<Partial<Record<Result['kind'], Argument>>> = {
  runner: say('aRunner'),
  model: say('aModel'),
  dependency: say('aDependency'),
  decorator: say('aDecorator'),
};

/** What BentoML's own functions give, and objects of classes that extend nothing else. */
function kindOfCall(value: Value, evaluation: PythonEvaluation): Argument | undefined {
  const result = evaluation.value(value);
  if (result.kind !== 'instance') return madeWords[result.kind];
  return evaluation.isPlain(result.of)
    ? say('anObjectOf', { name: result.of.definition.name })
    : undefined;
}
