import { expect, it } from 'vitest';
import { byId } from '../../src/core/by-id';
import { KeyedMemo, shared } from '../../src/core/keyed-memo';

it('gives the same object as long as its inputs are the same', () => {
  const memo = new KeyedMemo<string, { readonly sum: number }>();
  const input = { value: 1 };
  let made = 0;
  const get = (key: string, value: { readonly value: number }): { readonly sum: number } =>
    memo.get(key, [value], () => ({ sum: value.value + 0 * ++made }));
  const first = get('a', input);
  expect(get('a', input)).toBe(first);
  expect(made).toBe(1);
  // Another key has a value of its own.
  expect(get('b', input)).not.toBe(first);
  // An equal value is made, and the object of before is given.
  expect(get('a', { value: 1 })).toBe(first);
  expect(made).toBe(3);
  expect(get('a', { value: 2 })).toEqual({ sum: 2 });
});

it('makes a value again when it has more or fewer inputs', () => {
  const memo = new KeyedMemo<string, number>();
  const count = (...inputs: readonly unknown[]): number =>
    memo.get('a', inputs, () => inputs.length);
  expect([count(1), count(1, undefined), count(1)]).toEqual([1, 2, 1]);
});

it.each([0, 3, 20, 21, 500])('finds an element of a list of %s by its id', (length) => {
  const list = Array.from({ length }, (_, index) => ({ id: `s${index}` }));
  for (const one of list) expect(byId(list, one.id)).toBe(one);
  expect(byId(list, 'missing')).toBeUndefined();
  // The same ids in another list are other elements.
  const other = list.map((one) => ({ ...one }));
  for (const one of other) expect(byId(other, one.id)).toBe(one);
});

it('shares the parts that are equal with the value before', () => {
  const before = { id: 'a', list: [{ name: 'x' }, { name: 'y' }], more: { deep: [1] } };
  const equal = structuredClone(before);
  expect(shared(before, equal)).toBe(before);
  const after = Object.freeze({ ...structuredClone(before), list: [{ name: 'x' }, { name: 'z' }] });
  const result = shared(before, after);
  expect(result).toEqual(after);
  expect(Object.isFrozen(result)).toBe(true);
  expect(result.list[0]).toBe(before.list[0]);
  expect(result.list[1]).not.toBe(before.list[1]);
  expect(result.more).toBe(before.more);
});

it.each([
  [{ a: undefined }, {}],
  [{}, { a: undefined }],
  [{ a: undefined }, { b: undefined }],
  [[1, 2], [1]],
  [[1], [1, 2]],
  [{ 0: 1 }, [1]],
  [new Map([[1, 2]]), new Map()],
  [null, {}],
] as const)('does not take %j for %j', (before: unknown, after: unknown) => {
  expect(shared(before, after)).toStrictEqual(after);
  expect(shared(before, after)).not.toBe(before);
});
