import { nothing, oneOf, type Result } from '../python-results';
import type { EvaluationBudget } from './evaluation-budget';

/** Returns the items of a list, or the values of a dictionary. */
export function itemsOf(object: Result | undefined): readonly Result[] {
  if (object?.kind === 'list') return object.items;
  if (object?.kind === 'each') return [object.item];
  return object?.kind === 'dict' ? [...object.args.named.values()] : [];
}

/** Returns what a loop iterates over: the keys, for a dictionary. */
export function elementOf(object: Result | undefined): Result {
  if (object?.kind === 'several') return oneOf(object.options.map(elementOf));
  if (object?.kind === 'each') return object.key ?? object.item;
  if (object?.kind !== 'dict') return oneOf(itemsOf(object));
  const keys = [...object.args.named.keys()].map((text): Result => ({ kind: 'string', text }));
  return object.args.isOpen ? nothing : oneOf(keys);
}

/** Evaluates `object[key]`. An unknown key may select any item. */
export function itemOf(
  object: Result,
  key: string | number | undefined,
  budget: EvaluationBudget,
): Result {
  // `Service[Inner]` and `Base[T]` are treated as the class itself.
  if (object.kind === 'class' || object.kind === 'external') return object;
  if (object.kind === 'several') {
    return forEachOption(object.options, (option) => itemOf(option, key, budget), budget);
  }
  const items = itemsOf(object);
  budget.spend(items.length);
  return entryOf(object, key) ?? oneOf(items);
}

function entryOf(object: Result, key: string | number | undefined): Result | undefined {
  if (object.kind === 'list') return typeof key === 'number' ? object.items.at(key) : undefined;
  return object.kind === 'dict' ? object.args.named.get(String(key)) : undefined;
}

/** Returns a changed list or dictionary: it may contain any number of the old and the added items. */
export function changed(object: Result, added: Result): Result {
  if (object.kind === 'string') return nothing;
  if (object.kind !== 'list' && object.kind !== 'dict' && object.kind !== 'each') return object;
  const item = oneOf([...itemsOf(object), added]);
  return object.kind === 'dict' ? { kind: 'each', item, key: nothing } : { kind: 'each', item };
}

/** Applies a function to each value that a value may be. */
export function forEachOption(
  options: readonly Result[],
  resultOf: (option: Result) => Result,
  budget: EvaluationBudget,
): Result {
  budget.spend(options.length);
  return budget.isSpent ? nothing : oneOf(options.map(resultOf));
}
