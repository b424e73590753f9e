import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine } from '../../src/core/one-line';
import { problemOf, ServeError } from '../../src/core/problem';
import { expectProportional, pumped } from '../support/growth';
import { long } from '../support/long';
import { argument, textOf } from '../support/hostile';
import { check, checkAsync } from '../support/properties';

const control = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/;
const pieces = ['a', ' ', '\n', '\r', '\u001b[2J', '\u202e', '\u2028', '🍱', '\ud83c', '\0'];

describe('the problem behind what was thrown', () => {
  it('is one sentence, whatever was thrown', () => {
    const broken = argument.map((message) =>
      Object.assign(new Error('x'), { message, stack: message }),
    );
    const property = fc.property(fc.oneof(argument, broken), (thrown) => {
      const { code, message } = problemOf(thrown);
      expect(code).toBe('crashed');
      expect(message).not.toMatch(control);
      expect(message.length).toBeLessThan(400);
    });
    check(property, 500);
  });

  it('is what a ServeError says', () => {
    const problem = { code: 'settings', message: 'No.' } as const;
    expect(problemOf(new ServeError(problem))).toBe(problem);
    const property = fc.property(argument, (thrown) => {
      expect(thrown).not.toBeInstanceOf(ServeError);
    });
    check(property);
  });
});

describe('foreign text as a part of a message', () => {
  it('is one line that nothing obeys', () => {
    const property = fc.property(
      textOf(pieces),
      fc.integer({ min: 1, max: 40 }),
      (text, longest) => {
        const line = oneLine(text, longest);
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(line.length).toBeLessThanOrEqual(longest + 1);
        expect(oneLine(line, longest + 1)).toBe(line);
      },
    );
    check(property, 1000);
  });

  it('takes time in proportion to its length', long, async () => {
    const property = fc.asyncProperty(pumped(pieces), async (input) => {
      await expectProportional((text) => oneLine(text, 100_000), input);
    });
    await checkAsync(property, 60);
  });
});
