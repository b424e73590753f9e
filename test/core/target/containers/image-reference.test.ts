import { expect, it } from 'vitest';
import { isInRegistry, isPinned } from '../../../../src/core/target/containers/image-reference';

const digest = `sha256:${'0a'.repeat(32)}`;

it.each([
  [digest, true, false],
  [`search@${digest}`, true, true],
  [`registry.example.com:5000/team/search@${digest}`, true, true],
  [`ghcr.io/team/search:1.2@${digest}`, true, true],
  ['search', false, false],
  ['search:latest', false, false],
  ['search:1.2', false, false],
  [`search@${digest}0`, false, false],
  [`search@md5:${'0a'.repeat(16)}`, false, false],
  [`Search@${digest}`, false, false],
  [`search@${digest}@${digest}`, false, false],
  [`search\n@${digest}`, false, false],
  [`$(x)@${digest}`, false, false],
  [`@${digest}`, false, false],
  ['', false, false],
])('the image %j is pinned: %s, in a registry: %s', (reference, pinned, inRegistry) => {
  expect(isPinned(reference)).toBe(pinned);
  expect(isInRegistry(reference)).toBe(inRegistry);
});

it('a long name takes no time', () => {
  expect(isPinned(`${'a.'.repeat(250)}!@${digest}`)).toBe(false);
});
