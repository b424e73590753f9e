import { expect, it } from 'vitest';
import { ServedBefore } from '../../../../../src/core/target/local/fork-server/served-before';

const served = { command: '/shims/python3', python: '/usr/bin/python3', preload: ['torch'] };

/** A workspace state that JSON passes through, as it does in VS Code. */
function state(text = '[]') {
  let stored = text;
  return {
    get: () => JSON.parse(stored) as unknown,
    update: (_: string, value: unknown) => Promise.resolve(void (stored = JSON.stringify(value))),
  };
}

it('knows in the next window what a bento was last served with', () => {
  const store = state();
  const window = new ServedBefore(store);
  window.add('a', { ...served, preload: [] });
  window.add('b', served);
  window.add('a', served);
  expect(new ServedBefore(store).of('a')).toEqual(served);
  expect(new ServedBefore(store).of('b')).toEqual(served);
  expect(window.of('a')).toBeUndefined();
});

it('forgets what was served longest ago', () => {
  const store = state();
  for (let index = 0; index <= 50; index++) new ServedBefore(store).add(String(index), served);
  const window = new ServedBefore(store);
  expect([window.of('0'), window.of('1'), window.of('50')]).toEqual([undefined, served, served]);
});

it.each([
  'null',
  '{}',
  '[["a"]]',
  '[["a", null]]',
  '[["a", {"command": "/usr/bin/python3"}]]',
  '[["a", {"command": "c", "python": "p", "preload": [1]}]]',
])('knows nothing of a bento where %s was stored', (text) => {
  expect(new ServedBefore(state(text)).of('a')).toBeUndefined();
});
