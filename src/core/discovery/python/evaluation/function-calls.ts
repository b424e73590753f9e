import {
  noArguments,
  nothing,
  oneOf,
  type Arguments,
  type Frame,
  type Result,
} from '../python-results';
import type { PythonFunction } from '../python-values';
import type { Evaluator } from './evaluator';

/** Evaluates a call of a function in the workspace. */
export function callFunction(
  definition: PythonFunction,
  outer: Frame | undefined,
  args: Arguments,
  evaluator: Evaluator,
): Result {
  const { budget } = evaluator;
  if (definition.isDeferred || !budget.allowsCall) return nothing;
  const frame = frameOf(definition, outer, args, evaluator);
  const result = oneOf(
    budget.inCall(() => definition.returns.map((value) => evaluator.evaluate(value, frame))),
  );
  // If a service was passed to the function, its result may be the same service under another name.
  return result.kind === 'unknown' && result.service !== undefined
    ? { ...result.service, name: undefined }
    : result;
}

/** Returns the values of a function's parameters in a call. */
export function frameOf(
  definition: PythonFunction,
  outer: Frame | undefined,
  args: Arguments,
  evaluator: Evaluator,
): Frame {
  const values = new Map<string, Result>();
  const named = new Map(args.named);
  evaluator.budget.spend(definition.parameters.length + named.size);
  let next = 0;
  for (const { name, default: given, collects } of definition.parameters) {
    if (collects === 'list') {
      values.set(name, { kind: 'list', items: args.positional.slice(next) });
      next = args.positional.length;
    } else if (collects === 'dict') {
      values.set(name, { kind: 'dict', args: { ...noArguments, named, isOpen: args.isOpen } });
    } else {
      const value = args.positional[next++] ?? named.get(name);
      named.delete(name);
      const byDefault = given !== undefined && !args.isOpen;
      values.set(name, value ?? (byDefault ? evaluator.evaluate(given, outer) : nothing));
    }
  }
  return { of: definition, values, outer };
}
