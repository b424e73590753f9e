import { expect, it } from 'vitest';
import { ChosenTargets } from '../../../src/core/registry/chosen-targets';

const digest = `sha256:${'a'.repeat(64)}`;

function chosen(stored: unknown): { readonly targets: ChosenTargets; readonly kept: unknown[] } {
  const kept: unknown[] = [];
  const store = {
    get: () => stored,
    update: (_: string, value: unknown) => Promise.resolve(void kept.push(value)),
  };
  return { targets: new ChosenTargets(store), kept };
}

it('gives what was chosen, in this window and the next', () => {
  const { targets, kept } = chosen(undefined);
  const image = { reference: digest, isDevelopment: true };
  expect(targets.of('a')).toEqual({});
  targets.choose('a', { kind: 'compose', image });
  targets.choose('__proto__', { kind: 'local' });
  expect(targets.of('a')).toEqual({ kind: 'compose', image });
  const next = chosen(JSON.parse(JSON.stringify(kept.at(-1)))).targets;
  expect(next.of('a')).toEqual({ kind: 'compose', image });
  expect(next.of('__proto__')).toEqual({ kind: 'local' });
  expect(next.of('b')).toEqual({});
});

it.each([
  ...[undefined, null, 3, 'compose', {}, [], [null], [[]], [['a']], [['a', null]], [[1, {}]]],
  ...[[['a', { kind: 'nomad' }]], [['a', { kind: ['compose'] }]], [['a', 'compose']]],
  // An image that can change is not used.
  [['a', { image: { reference: 'debian:latest' } }]],
  ...[[['a', { image: digest }]], [['a', { image: { reference: 7 } }]]],
])('ignores %j, which another version may have stored', (stored) => {
  expect(chosen(stored).targets.of('a')).toEqual({});
});

it('keeps the part of a choice that it knows', () => {
  const image = { reference: digest, isDevelopment: 'yes', platform: 'arm64' };
  const { targets } = chosen([['a', { kind: 'nomad', image }], null, ['b', { kind: 'compose' }]]);
  expect(targets.of('a')).toEqual({ image: { reference: digest, isDevelopment: false } });
  expect(targets.of('b')).toEqual({ kind: 'compose' });
});

it('keeps what a pushed image was built from', () => {
  const built = { tag: 'search:abc', at: 1, registry: 'registry.example.com', args: '{}' };
  const { targets } = chosen([
    ['a', { built }],
    ['b', { built: { ...built, at: 'now' } }],
  ]);
  expect(targets.of('a')).toEqual({ built });
  expect(targets.of('b')).toEqual({});
});
