import { describe, expect, it } from 'vitest';
import {
  isBentomlSupported,
  isPythonSupported,
} from '../../../src/core/interpreter/supported-versions';

describe('isBentomlSupported', () => {
  it.each(['1.0.8', '1.0.25', '1.1', '1.2.0rc1', '1.4.38', '1.4.39.dev3+g1234567', '1.10.0'])(
    'takes %s',
    (version) => {
      expect(isBentomlSupported(version)).toBe(true);
    },
  );

  it.each(['0.13.2', '1.0.7', '1.0', '2.0.0', '2.0.0a1', '10.0', '0.0.0', 'unknown', ''])(
    'refuses "%s"',
    (version) => {
      expect(isBentomlSupported(version)).toBe(false);
    },
  );
});

describe('isPythonSupported', () => {
  it.each([
    ['3.8.0', true],
    ['3.13.1', true],
    ['3.7.17', false],
    ['2.7.18', false],
    ['4.0.0', false],
  ])('%s: %s', (version, expected) => {
    expect(isPythonSupported(version)).toBe(expected);
  });
});
