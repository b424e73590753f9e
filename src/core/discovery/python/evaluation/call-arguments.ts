import { noArguments, type Arguments, type Frame, type Result } from '../python-results';
import { sizeLimit, type ValueArgument } from '../python-values';
import type { EvaluationBudget } from './evaluation-budget';
import type { Evaluator } from './evaluator';

/** Returns the arguments of a call, with lists and dictionaries unpacked. */
export function argumentsOf(
  args: readonly ValueArgument[],
  frame: Frame | undefined,
  evaluator: Evaluator,
): Arguments {
  const positional: Result[] = [];
  const named = new Map<string, Result>();
  let isOpen = false;
  for (const { name, value, unpacks } of args) {
    const result = evaluator.evaluate(value, frame);
    if (unpacks === 'dict' && result.kind === 'dict') {
      for (const [key, each] of result.args.named) named.set(key, each);
      isOpen ||= result.args.isOpen;
    } else if (unpacks === 'list' && result.kind === 'list') {
      positional.push(...result.items);
    } else if (unpacks !== undefined) {
      isOpen = true;
    } else if (name === undefined) {
      positional.push(result);
    } else {
      named.set(name, result);
    }
  }
  return counted({ positional, named, isOpen }, evaluator.budget);
}

/** Returns the entries of a dictionary as the arguments of `dict(…)`. */
export function entriesOf(
  entries: readonly ValueArgument[],
  frame: Frame | undefined,
  evaluator: Evaluator,
): Arguments {
  const { positional, named, isOpen } = argumentsOf(entries, frame, evaluator);
  // An entry whose key is not a literal may have any name.
  return { positional: [], named, isOpen: isOpen || positional.length > 0 };
}

/** Returns the arguments, or unknown ones if there are more than anybody writes by hand. */
export function counted(args: Arguments, budget: EvaluationBudget): Arguments {
  const { positional, named } = args;
  budget.spend(positional.length + named.size);
  const isUsual = positional.length <= sizeLimit && named.size <= sizeLimit;
  return isUsual ? args : { ...noArguments, isOpen: true };
}

/** Returns the arguments of a method, with its object first. */
export const withFirst = (
  first: Result,
  { positional, ...rest }: Arguments = noArguments,
): Arguments => ({
  positional: [first, ...positional],
  ...rest,
});

/** Returns a method that is bound to its object. */
export const boundTo = (first: Result, callee: Result): Result => ({
  kind: 'partial',
  callee,
  args: withFirst(first),
});
