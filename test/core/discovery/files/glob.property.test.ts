import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excludedBy } from '../../../../src/core/discovery/files/excluded';
import { parseGlob } from '../../../../src/core/discovery/files/glob';
import { expectProportional, pumped } from '../../../support/growth';
import { textOf } from '../../../support/hostile';
import { check, checkAsync } from '../../../support/properties';
import { long } from '../../../support/long';

const pieces = [
  ...['*', '**', '**/', '/', '?', '{', '}', ',', '[', ']', '[!', '[^', '-', '!', '(', ')', '|'],
  ...['@(', '+(', '\\', '.', 'a', 'b', '{a,b}', '[ab]', '*a', ' ', '^', '$', '🍱'],
];

describe('globs', () => {
  it('are taken whatever they are', () => {
    const property = fc.property(
      fc.array(textOf(pieces, 12), { maxLength: 4 }),
      textOf(['a', 'b', '/', '.', '🍱'], 8),
      (patterns, path) => {
        expect(typeof excludedBy(patterns)(path)).toBe('boolean');
      },
    );
    check(property, 1000);
  });

  it('mean what a regular expression would', () => {
    const segment = fc.array(fc.constantFrom('a', 'b', '*', '?', '[ab]', '[!a]', '{a,bb}'), {
      minLength: 1,
      maxLength: 4,
    });
    const word = fc.stringMatching(/^[abc]{1,4}$/);
    const glob = fc.array(
      fc.oneof(
        fc.constant('**'),
        segment.map((parts) => parts.join('')),
      ),
      { minLength: 1, maxLength: 4 },
    );
    const property = fc.property(glob, fc.array(word, { maxLength: 4 }), (segments, path) => {
      expect(parseGlob(segments.join('/'))?.(path)).toBe(
        expressionOf(segments).test(slashed(path)),
      );
    });
    check(property, 2000);
  });

  it('take time in proportion to the path', long, async () => {
    const glob = fc
      .array(fc.constantFrom('*', '*a', '**/', '**/a/', '?', '{a,*}', '[ab]', '*a*', 'a'), {
        maxLength: 30,
      })
      .map((parts) => `${parts.join('')}c`);
    const property = fc.asyncProperty(glob, pumped(['a', 'b', '/', 'a/']), async (one, input) => {
      await expectProportional(excludedBy([one]), input, 4096);
    });
    await checkAsync(property, 200);
  });

  it('take time in proportion to their own length', long, async () => {
    const property = fc.asyncProperty(pumped(pieces), async (input) => {
      await expectProportional((glob) => excludedBy([glob])('a/b/c.py'), input);
    });
    await checkAsync(property, 200);
  });
});

const slashed = (path: readonly string[]): string => path.map((segment) => `/${segment}`).join('');

function expressionOf(segments: readonly string[]): RegExp {
  const parts = segments.map((segment) =>
    segment === '**'
      ? '(?:/[^/]+)*'
      : `/${segment
          .replaceAll('*', '[^/]*')
          .replaceAll('?', '[^/]')
          .replaceAll('[!a]', '[^a/]')
          .replaceAll('{a,bb}', '(?:a|bb)')}`,
  );
  return new RegExp(`^${parts.join('')}$`);
}
