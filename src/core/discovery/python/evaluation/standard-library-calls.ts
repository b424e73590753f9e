import {
  noArguments,
  nothing,
  oneOf,
  textOf,
  type Arguments,
  type Result,
} from '../python-results';
import { elementOf, itemOf, itemsOf } from './collections';
import type { Evaluator } from './evaluator';

/** Python's own decorators that return the function itself. */
const transparent = /^functools\.(?:cache|lru_cache|wraps)$/;

/** Returns the result of a function of Python's standard library. Results of other libraries are unknown. */
export function callStandardLibrary(path: string, args: Arguments, evaluator: Evaluator): Result {
  const [first, second] = args.positional;
  switch (path) {
    case 'functools.partial':
      return first === undefined
        ? nothing
        : {
            kind: 'partial',
            callee: first,
            args: { ...args, positional: args.positional.slice(1) },
          };
    case 'builtins.property':
    case 'functools.cached_property':
      return first === undefined ? nothing : { kind: 'property', getter: first };
    case 'builtins.staticmethod':
      // It is wrapped so that no instance is passed to it.
      return first === undefined ? nothing : { kind: 'partial', callee: first, args: noArguments };
    case 'builtins.classmethod':
      return first === undefined ? nothing : { kind: 'class-method', function: first };
    case 'functools.lru_cache':
      return first ?? { kind: 'external', path: 'functools.cache' };
    case 'functools.wraps':
      return { kind: 'external', path: 'functools.cache' };
    case 'builtins.dict':
      return { kind: 'dict', args };
    case 'builtins.enumerate':
      return { kind: 'each', item: { kind: 'list', items: [nothing, elementOf(first)] } };
    case 'builtins.zip':
      return { kind: 'each', item: { kind: 'list', items: args.positional.map(elementOf) } };
    case 'builtins.map': {
      if (first === undefined) return nothing;
      const each = { ...noArguments, positional: [elementOf(second)] };
      return { kind: 'each', item: evaluator.apply(first, each) };
    }
    case 'builtins.filter':
      return { kind: 'each', item: elementOf(second) };
    case 'builtins.iter':
    case 'builtins.reversed':
    case 'builtins.sorted':
      return { kind: 'each', item: elementOf(first) };
    case 'builtins.list':
    case 'builtins.tuple':
      return first?.kind === 'list' ? first : { kind: 'each', item: elementOf(first) };
    case 'builtins.next':
      return elementOf(first);
    case 'dict.items': {
      const item = { kind: 'list', items: [elementOf(first), oneOf(itemsOf(first))] } as const;
      return { kind: 'each', item };
    }
    case 'dict.keys':
      return { kind: 'each', item: elementOf(first) };
    case 'dict.values':
      return { kind: 'each', item: oneOf(itemsOf(first)) };
    case 'dict.get':
    case 'dict.pop':
      return first === undefined ? nothing : itemOf(first, textOf(second), evaluator.budget);
    case 'typing.cast':
    case 'typing_extensions.cast':
      return second ?? args.named.get('val') ?? nothing;
    case 'builtins.getattr':
      return first === undefined || second?.kind !== 'string'
        ? nothing
        : evaluator.attributeOf(first, second.text);
  }
  return transparent.test(path) && first !== undefined ? first : nothing;
}
