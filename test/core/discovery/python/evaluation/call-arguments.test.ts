import { describe, expect, it, test } from 'vitest';
import {
  argumentsOf,
  counted,
  entriesOf,
} from '../../../../../src/core/discovery/python/evaluation/call-arguments';
import { EvaluationBudget } from '../../../../../src/core/discovery/python/evaluation/evaluation-budget';
import { callFunction } from '../../../../../src/core/discovery/python/evaluation/function-calls';
import { ModuleLookup } from '../../../../../src/core/discovery/python/evaluation/module-lookup';
import { ValueEvaluator } from '../../../../../src/core/discovery/python/evaluation/value-evaluator';
import {
  noArguments,
  nothing,
  type Arguments,
  type Result,
} from '../../../../../src/core/discovery/python/python-results';
import {
  sizeLimit,
  unknown,
  type PythonFunction,
  type Value,
  type ValueArgument,
} from '../../../../../src/core/discovery/python/python-values';

const evaluator = (): ValueEvaluator => {
  const budget = new EvaluationBudget();
  return new ValueEvaluator(
    new ModuleLookup(
      () => null,
      () => [],
      budget,
    ),
    budget,
  );
};
const text = (value: string): Value & Result => ({ kind: 'string', text: value, depth: 0 });
const [a, b, c] = [text('a'), text('b'), text('c')];
const list: Value = { kind: 'list', items: [b, c], depth: 1 };
const dict: Value = { kind: 'dict', entries: [{ name: 'key', value: b }], depth: 1 };

const args = (
  positional: readonly Result[],
  named: Readonly<Record<string, Result>> = {},
  isOpen = false,
): Arguments => ({ positional, named: new Map(Object.entries(named)), isOpen });

test.each<[string, readonly ValueArgument[], Arguments]>([
  ['f(a, name=b)', [{ value: a }, { name: 'name', value: b }], args([a], { name: b })],
  ['f(a, *[b, c])', [{ value: a }, { value: list, unpacks: 'list' }], args([a, b, c])],
  ['f(**{"key": b})', [{ value: dict, unpacks: 'dict' }], args([], { key: b })],
  ['f(*unknown)', [{ value: unknown, unpacks: 'list' }], args([], {}, true)],
  ['f(**unknown)', [{ value: unknown, unpacks: 'dict' }], args([], {}, true)],
  ['f(*{"key": b})', [{ value: dict, unpacks: 'list' }], args([], {}, true)],
])('%s', (_, given, expected) => {
  expect(argumentsOf(given, undefined, evaluator())).toEqual(expected);
});

describe('a dictionary', () => {
  it('has its entries by their keys', () => {
    const entries = [{ name: 'key', value: a }];
    expect(entriesOf(entries, undefined, evaluator())).toEqual(args([], { key: a }));
  });

  it('may have any entry if a key is no literal', () => {
    expect(entriesOf([{ value: a }], undefined, evaluator())).toEqual(args([], {}, true));
  });
});

describe('more arguments than people write', () => {
  const many = (count: number): Arguments => args(Array.from({ length: count }, () => a));

  it('are not known', () => {
    expect(counted(many(sizeLimit), new EvaluationBudget()).positional).toHaveLength(sizeLimit);
    expect(counted(many(sizeLimit + 1), new EvaluationBudget())).toEqual(args([], {}, true));
  });

  it('cost a step each', () => {
    const budget = new EvaluationBudget();
    counted(args([a, b], { name: c }), budget);
    expect(budget.steps).toBe(3);
  });
});

describe('the parameters of a function', () => {
  type Parameters = PythonFunction['parameters'];

  /** What `def f(…): return [each parameter]` returns for these arguments. */
  function returned(parameters: Parameters, given: Arguments): Result {
    const definition: PythonFunction = {
      ...{ parameters, returns: [], sets: new Map() },
      isDeferred: false,
    };
    const items = parameters.map(({ name }): Value => ({
      kind: 'parameter',
      of: definition,
      name,
      depth: 0,
    }));
    definition.returns.push({ kind: 'list', items, depth: 1 });
    return callFunction(definition, undefined, given, evaluator());
  }

  test.each<[string, Parameters, Arguments, readonly Result[]]>([
    ['f(x, y) called with (a, b)', [{ name: 'x' }, { name: 'y' }], args([a, b]), [a, b]],
    [
      'f(x, y) called with (y=a, x=b)',
      [{ name: 'x' }, { name: 'y' }],
      args([], { y: a, x: b }),
      [b, a],
    ],
    ['f(x=c) called without', [{ name: 'x', default: c }], noArguments, [c]],
    ['f(x=c) called with (**unknown)', [{ name: 'x', default: c }], args([], {}, true), [nothing]],
    ['f(x) called without', [{ name: 'x' }], noArguments, [nothing]],
    [
      'f(x, *rest) called with (a, b, c)',
      [{ name: 'x' }, { name: 'rest', collects: 'list' }],
      args([a, b, c]),
      [a, { kind: 'list', items: [b, c] }],
    ],
    [
      'f(x, **rest) called with (x=a, y=b)',
      [{ name: 'x' }, { name: 'rest', collects: 'dict' }],
      args([], { x: a, y: b }),
      [a, { kind: 'dict', args: args([], { y: b }) }],
    ],
  ])('%s', (_, parameters, given, items) => {
    expect(returned(parameters, given)).toEqual({ kind: 'list', items });
  });
});
