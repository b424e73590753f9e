import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SafeOutput } from '../../../src/core/logs/safe-output';
import { expectProportional, pumped } from '../../support/growth';
import { long } from '../../support/long';
import { cut, textOf } from '../../support/hostile';
import { check, checkAsync } from '../../support/properties';

const pieces = [
  ...['\x1b', '\x1b[', '\x1b]', '\x1bP', '\x1b_', '\x1b\\', '\x1b(', '\x1bc'],
  ...['\x9b', '\x9d', '\x90', '\x98', '\x9c', '\x85', '\x07', '\x18', '\x1a', '\x00', '\x7f'],
  ...[
    '31m',
    '1;31m',
    '41m',
    '38;5;8m',
    '8m',
    '\u202e',
    '38:2::1:2:3m',
    '2J',
    '6n',
    '?25l',
    '52;c;',
    '8;;vscode://x',
    'm',
    ';',
    '0',
  ],
  ...['\n', '\r', '\t', ' ', 'text', '好', '🍱', '\ud83c', '\udf71', '\x1b[31m'],
  ...['0'.repeat(4090), 'x'.repeat(4090)],
];
const hostile = textOf(pieces, 30);
const colour = /\x1b\[[\d;:]*m/g;

const filtered = (...parts: readonly string[]): string => {
  const output = new SafeOutput();
  return parts.map((part) => output.filter(part)).join('');
};

describe('safe output', () => {
  it('is text, tabs, line ends and colours, whatever comes', () => {
    const property = fc.property(fc.array(hostile, { maxLength: 5 }), (parts) => {
      const safe = filtered(...parts);
      expect(safe).not.toMatch(/\x1b\[8m|\p{Bidi_Control}/u);
      expect(safe.replace(colour, '')).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
      expect(safe.length).toBeLessThanOrEqual(parts.join('').length + parts.length);
    });
    check(property, 1500);
  });

  it('is the same however it is cut', () => {
    const property = fc.property(hostile, fc.array(fc.nat()), (text, places) => {
      expect(filtered(...cut(text, places))).toBe(filtered(text));
    });
    check(property, 1500);
  });

  it('passes unchanged when it is filtered again', () => {
    const property = fc.property(hostile, (text) => {
      const once = filtered(text);
      expect(filtered(once)).toBe(once);
    });
    check(property, 500);
  });

  it('is what was written, when that was safe', () => {
    const harmless = fc.array(
      fc.constantFrom('a', 'ß', '好', '🍱', ' ', '\t', '\r\n', '\n', '\x1b[0m', '\x1b[1;31m'),
    );
    const property = fc.property(harmless, fc.array(fc.nat()), (parts, places) => {
      const text = parts.join('');
      expect(filtered(...cut(text, places))).toBe(text);
    });
    check(property, 500);
  });

  it('comes back after anything', () => {
    const property = fc.property(hostile, (text) => {
      const output = new SafeOutput();
      output.filter(text);
      output.filter('x'.repeat(10_000));
      expect(output.filter('after\n')).toBe('after\n');
    });
    check(property, 500);
  });

  it('takes time in proportion to what comes', long, async () => {
    const property = fc.asyncProperty(
      pumped(pieces.filter(({ length }) => length < 100)),
      async (input) => {
        await expectProportional((text) => filtered(text), input);
      },
    );
    await checkAsync(property, 200);
  });
});
