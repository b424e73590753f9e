import { expect, it } from 'vitest';
import {
  isImageName,
  isInRegistry,
  isPinned,
} from '../../../../src/core/target/containers/image-reference';

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

it.each(['a.'.repeat(200), `a${'_'.repeat(400)}`, `a${'_a'.repeat(200)}`, `a:${'_'.repeat(400)}`])(
  'a long name takes no time: %s',
  (name) => {
    expect(isPinned(`${name}!@${digest}`)).toBe(false);
    expect(isImageName(`${name}!`)).toBe(false);
  },
);

it.each([
  ['my__image_name:1', true],
  ['team/my_image:_tag', true],
  ['localhost:5000/search', true],
  ['--privileged', false],
  ['search\n', false],
])('%j is the name of an image: %s', (name, isName) => {
  expect(isImageName(name)).toBe(isName);
});
