import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogRecords } from '../../../src/core/logs/log-records';
import { SafeOutput } from '../../../src/core/logs/safe-output';
import { expectProportional, pumped } from '../../support/growth';
import { long } from '../../support/long';
import { cut, textOf } from '../../support/hostile';
import { ManualClock } from '../../support/manual-clock';
import { check, checkAsync } from '../../support/properties';

const pieces = [
  ...['a', '\n', '\r\n', '\r', '\u2028', '\u2029', '\x1b[31m', '$&', '$1', '] ', '[', '🍱', '\t'],
  ...['2026-01-01 00:00:00.000 [other] ', 'x'.repeat(70_000)],
];
const stamped = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \[([^\]]*)\] (.*)$/s;
/** What reaches a record: text and whole colours. */
const safe = textOf(pieces, 12).map((text) => new SafeOutput().filter(text));

const recorded = (parts: readonly string[], name: string): string => {
  const records = new LogRecords(new ManualClock());
  const added = parts.flatMap((part) => records.add(part, name));
  return [...added, records.end(name)].join('');
};

describe('the records of a log file', () => {
  it('are one a line, each with its time and its source, whatever is in them', () => {
    const name = fc.oneof(fc.constant('http#1 stdout'), textOf(['[', ']', '\n', '$&', 'a'], 5));
    const property = fc.property(fc.array(safe, { maxLength: 4 }), name, (parts, source) => {
      const text = recorded(parts, source);
      if (text === '') return;
      expect(text.endsWith('\n')).toBe(true);
      for (const record of text.slice(0, -1).split('\n')) {
        expect(record).toMatch(stamped);
        expect(record).not.toMatch(/[\r\u2028\u2029\u001b]/);
      }
    });
    check(property, 300);
  });

  it('lose nothing but colours, however the text is cut', () => {
    const line = fc.array(fc.constantFrom('a', ' ', '🍱', '\x1b[31m', '好', '\t'), {
      maxLength: 9,
    });
    const lines = fc.array(
      line.map((parts) => parts.join('')),
      { maxLength: 9 },
    );
    const property = fc.property(lines, fc.array(fc.nat()), (said, places) => {
      const text = said.map((one) => `${one}\n`).join('');
      const whole = new SafeOutput();
      const parts = cut(text, places).map((part) => whole.filter(part));
      const bare = text.replaceAll('\x1b[31m', '');
      const found = recorded(parts, 'http#1').split('\n').slice(0, -1);
      expect(found.map((record) => `${stamped.exec(record)?.[2] ?? '?'}\n`).join('')).toBe(bare);
    });
    check(property, 300);
  });

  it('take time in proportion to the text', long, async () => {
    const short = pieces.filter(({ length }) => length < 100);
    const property = fc.asyncProperty(pumped(short), async (input) => {
      await expectProportional((text) => recorded([text, text], 'http#1'), input);
    });
    await checkAsync(property, 80);
  });
});
