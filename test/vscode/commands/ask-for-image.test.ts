import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  isImageName,
  isInRegistry,
  isPinned,
} from '../../../src/core/target/containers/image-reference';
import { askForContainerImage, askForImage } from '../../../src/vscode/commands/ask-for-image';
import { user, window } from '../../support/fake-vscode';

const bento = { displayName: 'Search' };
const kinds = 'What should the containers of Search run?';
const anyName = 'Name of the image. Its current version is used until you choose another image.';
const withDigest = 'Image with its digest, such as registry.example.com/search@sha256:…';
const digest = `sha256:${'a'.repeat(64)}`;

beforeEach(() => user.reset());
afterEach(() => vi.unstubAllGlobals());

const onPlatform = (platform: NodeJS.Platform): void => {
  vi.stubGlobal('process', { ...process, platform });
};

describe('the image of containers', () => {
  it.each([
    ['Image of the Built Bento', false],
    ['Source and Python Environment of This Machine', true],
  ])('on Linux: %s', async (answer, isDevelopment) => {
    onPlatform('linux');
    user.answers.set(kinds, answer).set(anyName, ' debian:12 ');
    const question = { isUsable: isImageName };
    expect(await askForContainerImage(bento, question)).toEqual({
      ...{ reference: 'debian:12', isDevelopment },
    });
  });

  it('is that of a built bento on other platforms, which have no environment for containers', async () => {
    onPlatform('darwin');
    user.answers.set(anyName, 'search:1');
    expect(await askForContainerImage(bento, { isUsable: isImageName })).toEqual({
      ...{ reference: 'search:1', isDevelopment: false },
    });
    expect(user.seen).toEqual([`input: ${anyName}`]);
  });

  it('is not asked for after the first question was closed', async () => {
    onPlatform('linux');
    expect(await askForContainerImage(bento, { isUsable: isImageName })).toBeUndefined();
    expect(user.seen).toHaveLength(1);
  });

  it('is undefined after the second question was closed', async () => {
    onPlatform('linux');
    user.answers.set(kinds, 'Image of the Built Bento');
    expect(await askForContainerImage(bento, { isUsable: isImageName })).toBeUndefined();
    expect(user.seen).toHaveLength(2);
  });

  it.each([
    ['Source and Python Environment of This Machine', isImageName, 'debian:stable-slim'],
    ['Image of the Built Bento', isImageName, undefined],
    // A name without a digest would be refused.
    ['Source and Python Environment of This Machine', isPinned, undefined],
  ])('%s: only a usable answer is suggested', async (answer, isUsable, suggested) => {
    onPlatform('linux');
    const asked = vi.spyOn(window, 'showInputBox');
    user.answers.set(kinds, answer);
    await askForContainerImage(bento, { isUsable });
    expect(asked.mock.calls[0]?.[0].value).toBe(suggested);
    asked.mockRestore();
  });
});

it.each([
  [isImageName, anyName, '--privileged', 'Enter the name of an image, such as debian:stable-slim.'],
  [isPinned, withDigest, 'search:1', /digest/],
  [isInRegistry, withDigest, digest, /registry/],
] as const)('%o refuses what is not usable', async (isUsable, prompt, answer, reason) => {
  user.answers.set(prompt, answer);
  expect(await askForImage(bento, { isUsable })).toBeUndefined();
  expect(user.seen.at(-1)).toMatch(reason);
});
