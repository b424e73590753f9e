import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ComponentLog } from '../../../src/core/logs/component-log';
import { textOf } from '../../support/hostile';
import { ManualClock } from '../../support/manual-clock';
import { check } from '../../support/properties';

const pieces = ['\x1b', '\x1b[', '\x1b]0;', '\x07', '\x9b', '\r', '\n', '31m', 'a', '\u202e'];

describe('the log of a component', () => {
  it('shows text and colours only, whatever the processes say and whatever is told of them', () => {
    const write = fc.record({
      text: textOf(pieces, 10),
      process: fc.constantFrom('http#1', 'http#2'),
      stream: fc.constantFrom('stdout' as const, 'stderr' as const),
    });
    const event = textOf(pieces, 10);
    const property = fc.property(fc.array(fc.oneof(write, event)), (said) => {
      const log = new ComponentLog(new ManualClock());
      for (const one of said) {
        if (typeof one === 'string') log.event(one);
        else log.write(one.text, one.process, one.stream);
      }
      const rest = log.output.text().replace(/\x1b\[[\d;:]*m/g, '');
      expect(rest).not.toMatch(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
    });
    check(property, 500);
  });
});
