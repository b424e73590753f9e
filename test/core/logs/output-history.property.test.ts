import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputHistory, outputStart } from '../../../src/core/logs/output-history';
import { expectProportional } from '../../support/growth';
import { long } from '../../support/long';
import { check, checkAsync } from '../../support/properties';

describe('the output history', () => {
  it('is the end of all that was appended, whatever that is', () => {
    const property = fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 200 }),
      (pieces, limit) => {
        const history = new OutputHistory(limit);
        for (const piece of pieces) history.append(`${piece}\n`);
        const all = pieces.map((piece) => `${piece}\n`).join('');
        const { text, skippedLines, isCut } = history.since(outputStart);
        expect(all.endsWith(text)).toBe(true);
        expect(isCut).toBe(Buffer.byteLength(all) > limit);
        expect(skippedLines).toBe(all.split('\n').length - text.split('\n').length);
        if (isCut) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limit);
      },
    );
    check(property, 500);
  });

  it('gives each reader what came since it last read, when that is kept', () => {
    const piece = fc.array(fc.constantFrom('a', '\n', '🍱', '\x1b[31m', '\r\n', '好'), {
      maxLength: 10,
    });
    const property = fc.property(
      fc.array(fc.tuple(piece, fc.boolean())),
      fc.integer({ min: 4, max: 300 }),
      (pieces, limit) => {
        const history = new OutputHistory(limit);
        let at = outputStart;
        let unread = '';
        for (const [parts, reads] of pieces) {
          const text = parts.join('');
          history.append(text);
          unread += text;
          if (!reads) continue;
          const part = history.since(at);
          expect(unread.endsWith(part.text)).toBe(true);
          if (!part.isCut) expect(part.text).toBe(unread);
          at = part.end;
          unread = '';
        }
        expect(Buffer.byteLength(history.since(outputStart).text)).toBeLessThanOrEqual(limit);
      },
    );
    check(property, 500);
  });

  it('takes time in proportion to what is appended, in pieces of any size', long, async () => {
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 50 }), async (size) => {
      const piece = 'x'.repeat(size - 1).concat('\n');
      await expectProportional(
        (text) => {
          const history = new OutputHistory(20_000);
          for (let at = 0; at < text.length; at += size) history.append(piece);
          history.tail(400);
        },
        { before: '', pump: piece, after: '' },
      );
    });
    await checkAsync(property, 30);
  });
});
