import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readProbeReport } from '../../../src/core/interpreter/probe-report';
import {
  isBentomlSupported,
  isPythonSupported,
} from '../../../src/core/interpreter/supported-versions';
import { expectProportional, pumped } from '../../support/growth';
import { long } from '../../support/long';
import { json, textOf } from '../../support/hostile';
import { check, checkAsync } from '../../support/properties';

const report = {
  executable: '/usr/bin/python3',
  version: '3.11.7',
  bentoml: '1.4.38',
  paths: ['/x'],
};
const pieces = [
  '{',
  '}',
  '"version"',
  ':',
  '"3.11.7"',
  ',',
  '[',
  ']',
  '\n',
  '\r',
  'null',
  '1.',
  '!',
];

describe('what an interpreter says of itself', () => {
  it('is a report or nothing, whatever it says', () => {
    const value = fc.oneof(json, fc.constantFrom('3.11.7', '/x', null, ['/x']));
    const like = fc.record(
      { executable: value, version: value, bentoml: value, paths: value },
      { requiredKeys: [] },
    );
    const said = fc.oneof(
      like.map((one) => JSON.stringify(one)),
      textOf(pieces),
    );
    const property = fc.property(fc.array(said, { maxLength: 4 }), (lines) => {
      const found = readProbeReport(lines.join('\n'));
      if (found === undefined) return;
      expect(found.version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(typeof isPythonSupported(found.version)).toBe('boolean');
      expect(typeof isBentomlSupported(found.bentoml ?? '')).toBe('boolean');
    });
    check(property, 1000);
  });

  it('is found among anything that is no report', () => {
    const property = fc.property(textOf(pieces), textOf(pieces), (before, after) => {
      expect(readProbeReport(`${before}\n${JSON.stringify(report)}\n${after}`)).toEqual(report);
    });
    check(property, 500);
  });

  it('is read in time in proportion to its length', long, async () => {
    const property = fc.asyncProperty(pumped(pieces), async (input) => {
      await expectProportional((text) => {
        readProbeReport(text);
        isBentomlSupported(text);
        isPythonSupported(text);
      }, input);
    });
    await checkAsync(property, 150);
  });
});
