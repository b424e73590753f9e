import { nothing, type ClassResult, type InstanceResult, type Result } from '../python-results';
import { boundTo, withFirst } from './call-arguments';
import { memberOf } from './class-hierarchy';
import type { Evaluator } from './evaluator';
import { frameOf } from './function-calls';

type Dictionary = Extract<Result, { kind: 'dict' | 'each' }>;

/** A method of a dictionary. */
export const attributeOfDictionary = (object: Dictionary, name: string): Result => ({
  kind: 'partial',
  callee: { kind: 'external', path: `dict.${name}` },
  args: withFirst(object),
});

export function attributeOfClass(of: ClassResult, name: string, evaluator: Evaluator): Result {
  if (name === '__name__') return { kind: 'string', text: of.definition.name };
  const member = memberOf(of, name, evaluator);
  return member?.kind === 'class-method' ? boundTo(of, member.function) : (member ?? nothing);
}

/** Returns the attribute that the constructor sets, or else the class's: a method is bound to the object. */
export function attributeOfInstance(
  object: InstanceResult,
  name: string,
  evaluator: Evaluator,
): Result {
  const own = setByConstructor(object, name, evaluator);
  if (own !== undefined && own.kind !== 'unknown') return own;
  const member = memberOf(object.of, name, evaluator);
  if (member?.kind === 'property') return evaluator.apply(member.getter, withFirst(object));
  if (member?.kind === 'class-method') return boundTo(object.of, member.function);
  return member?.kind === 'function' ? boundTo(object, member) : (member ?? nothing);
}

function setByConstructor(
  object: InstanceResult,
  name: string,
  evaluator: Evaluator,
): Result | undefined {
  const constructor = memberOf(object.of, '__init__', evaluator);
  if (constructor?.kind !== 'function' || !evaluator.budget.allowsCall) return undefined;
  const { definition, frame } = constructor;
  const set = definition.sets.get(name);
  if (set === undefined) return undefined;
  const args = withFirst(object, object.args);
  return evaluator.budget.inCall(() =>
    evaluator.evaluate(set, frameOf(definition, frame, args, evaluator)),
  );
}
