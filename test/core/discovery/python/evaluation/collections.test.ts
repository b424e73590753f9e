import { describe, expect, it, test } from 'vitest';
import {
  changed,
  elementOf,
  forEachOption,
  itemOf,
  itemsOf,
} from '../../../../../src/core/discovery/python/evaluation/collections';
import {
  EvaluationBudget,
  stepsLimit,
} from '../../../../../src/core/discovery/python/evaluation/evaluation-budget';
import {
  noArguments,
  nothing,
  type Result,
} from '../../../../../src/core/discovery/python/python-results';

const text = (value: string): Result => ({ kind: 'string', text: value });
const external = (path: string): Result => ({ kind: 'external', path });
const [a, b] = [external('a'), external('b')];
const list: Result = { kind: 'list', items: [a, b] };
const dict = (isOpen = false): Result => ({
  kind: 'dict',
  args: { ...noArguments, named: new Map([['key', a]]), isOpen },
});
const either: Result = { kind: 'several', options: [a, b] };
const each: Result = { kind: 'each', item: a };
const eachWithKey: Result = { kind: 'each', item: a, key: text('key') };

test.each<[string, Result | undefined, readonly Result[]]>([
  ['a list', list, [a, b]],
  ['a dictionary', dict(), [a]],
  ['any number of one', each, [a]],
  ['a string', text('x'), []],
  ['nothing', undefined, []],
])('the items of %s', (_, object, items) => {
  expect(itemsOf(object)).toEqual(items);
});

test.each<[string, Result | undefined, Result]>([
  ['a list', list, either],
  ['a dictionary: its keys', dict(), text('key')],
  ['a dictionary with more keys than are known', dict(true), nothing],
  ['any number of one', each, a],
  ['a dictionary with any number of entries: its keys', eachWithKey, text('key')],
  ['one of several lists', { kind: 'several', options: [list, each] }, either],
  ['a string', text('x'), nothing],
])('what a loop gets of %s', (_, object, element) => {
  expect(elementOf(object)).toEqual(element);
});

test.each<[string, Result, string | number | undefined, Result]>([
  ['the first', list, 0, a],
  ['the last', list, -1, b],
  ['one that there is not: any', list, 2, either],
  ['an unknown one: any', list, undefined, either],
  ['an entry', dict(), 'key', a],
  ['an entry that there is not: any', dict(), 'other', a],
  ['an entry of several dictionaries', { kind: 'several', options: [dict(), a] }, 'key', a],
  ['a class with a type: itself', external('lib.Base'), 'T', external('lib.Base')],
  ['of something else', text('x'), 0, nothing],
])('an item: %s', (_, object, key, item) => {
  expect(itemOf(object, key, new EvaluationBudget())).toEqual(item);
});

test.each<[string, Result, Result]>([
  ['a list', list, { kind: 'each', item: { kind: 'several', options: [a, b] } }],
  ['any number of one', each, { kind: 'each', item: either }],
  [
    'a dictionary: its keys are not known any more',
    dict(),
    { kind: 'each', item: either, key: nothing },
  ],
  ['a string', text('x'), nothing],
  ['something of a library: itself', external('lib'), external('lib')],
])('what a statement changes: %s', (_, object, result) => {
  expect(changed(object, b)).toEqual(result);
});

describe('several options', () => {
  it('cost as many steps as they are', () => {
    const budget = new EvaluationBudget();
    expect(forEachOption([a, b], (option) => option, budget)).toEqual(either);
    expect(budget.steps).toBe(2);
  });

  it('are unknown when the steps are used up', () => {
    const budget = new EvaluationBudget();
    budget.spend(stepsLimit - 2);
    expect(forEachOption([a, b], (option) => option, budget)).toBe(nothing);
  });
});
