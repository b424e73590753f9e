import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutProbeLines } from '../../../src/core/logs/probe-lines';
import { expectProportional, pumped } from '../../support/growth';
import { textOf } from '../../support/hostile';
import { check, checkAsync } from '../../support/properties';

const pieces = [
  '(scheme=http,method=GET,path=/readyz,',
  '(scheme=https,method=GET,path=/livez,type=,length=) ',
  '(scheme=',
  '(status=200',
  '(status=503)',
  'a',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\u001b[31m',
];
const probeLine =
  /^.*\(scheme=https?,method=GET,path=\/(?:readyz|livez|healthz),.*\(status=200.*$/s;

describe('lines of our own probes', () => {
  it('are left out, and no other line is', () => {
    const property = fc.property(textOf(pieces), (text) => {
      const lines = text.split('\n');
      const open = lines.pop() ?? '';
      const kept = [...lines.filter((line) => !probeLine.test(line)), open];
      expect(withoutProbeLines(text)).toBe(kept.join('\n'));
    });
    check(property, 1000);
  });

  it('take time in proportion to their length', async () => {
    const property = fc.asyncProperty(pumped(pieces), async (input) => {
      await expectProportional(withoutProbeLines, input);
    });
    await checkAsync(property, 300);
  });
});
