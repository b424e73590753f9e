import { expect, it } from 'vitest';
import { UsedEngines } from '../../../src/core/registry/used-engines';

function used(stored: unknown): { readonly engines: UsedEngines; readonly kept: unknown[] } {
  const kept: unknown[] = [];
  const store = {
    get: () => stored,
    update: (_: string, value: unknown) => Promise.resolve(void kept.push(value)),
  };
  return { engines: new UsedEngines(store), kept };
}

const cluster = { kind: 'kubernetes', context: 'a', namespace: 'b' } as const;

it('knows each engine once, in this window and the next, until nothing is there', () => {
  const { engines, kept } = used(undefined);
  engines.add('one', { kind: 'compose' });
  engines.add('one', { ...cluster });
  engines.add('one', { kind: 'compose' });
  engines.add('__proto__', { kind: 'compose' });
  expect(engines.of('one')).toEqual([{ kind: 'compose' }, cluster]);
  const next = used(JSON.parse(JSON.stringify(kept.at(-1))));
  expect(next.engines.of('one')).toEqual([{ kind: 'compose' }, cluster]);
  expect(next.engines.of('__proto__')).toEqual([{ kind: 'compose' }]);
  next.engines.remove('one', { kind: 'kubernetes', context: 'a', namespace: 'other' });
  expect(next.kept).toEqual([]);
  next.engines.remove('one', { kind: 'compose' });
  next.engines.remove('one', { ...cluster });
  expect(next.engines.of('one')).toEqual([]);
  expect(next.kept.at(-1)).toEqual([['__proto__', [{ kind: 'compose' }]]]);
});

it.each([
  ...[undefined, null, 3, {}, [], [null], [['a']], [['a', null]], [[1, [{ kind: 'compose' }]]]],
  ...[[['a', ['compose']]], [['a', [{ kind: 'nomad' }]]], [['a', [{ kind: 'kubernetes' }]]]],
])('ignores %j, which another version may have stored', (stored) => {
  expect(used(stored).engines.of('a')).toEqual([]);
});
