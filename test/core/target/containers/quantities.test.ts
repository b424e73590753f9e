import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cpuQuantity,
  memoryQuantity,
  readCpu,
  readGpus,
  readMemory,
} from '../../../../src/core/target/containers/quantities';
import { check } from '../../../support/properties';

const gi = 2 ** 30;

describe('a number of CPUs', () => {
  it.each([
    [2, 2_000, '2'],
    [0.5, 500, '500m'],
    ['2', 2_000, '2'],
    ['0.25', 250, '250m'],
    ['.5', 500, '500m'],
    ['500m', 500, '500m'],
    ['1000m', 1_000, '1'],
    ['0.5m', 1, '1m'],
    [1.1, 1_100, '1100m'],
    [' 4 ', 4_000, '4'],
  ])('is read: %j', (value, millis, quantity) => {
    expect(readCpu(value)).toBe(millis);
    expect(cpuQuantity(millis)).toBe(quantity);
  });

  it.each([
    0,
    -1,
    NaN,
    Infinity,
    1e30,
    '',
    '0',
    '0m',
    '-1',
    '2 cores',
    '2c',
    'm',
    '1e3',
    '1,5',
    '0x2',
  ])('is refused: %j', (value) => {
    expect(readCpu(value)).toBeUndefined();
  });
});

describe('an amount of memory', () => {
  it.each([
    ['512Mi', 512 * 2 ** 20, '512Mi'],
    ['4Gi', 4 * gi, '4Gi'],
    ['10Gi', 10 * gi, '10Gi'],
    ['1.5Gi', 1.5 * gi, '1536Mi'],
    ['1024Mi', gi, '1Gi'],
    ['2G', 2e9, '1953125Ki'],
    ['100k', 100_000, '100000'],
    ['1Ti', 1024 * gi, '1Ti'],
    // BentoML's unit for numbers.
    [1, gi, '1Gi'],
    [1.5, 1.5 * gi, '1536Mi'],
    ['2', 2 * gi, '2Gi'],
  ])('is read: %j', (value, bytes, quantity) => {
    expect(readMemory(value)).toBe(bytes);
    expect(memoryQuantity(bytes)).toBe(quantity);
  });

  it.each([
    0,
    -4,
    NaN,
    '',
    '0Gi',
    '4 gigs',
    '4GB',
    '4gi',
    '4 Gi',
    'Gi',
    '1e3',
    '500m',
    4_294_967_296,
  ])('is refused: %j', (value) => {
    expect(readMemory(value)).toBeUndefined();
  });
});

it('a written quantity is read back as the same amount', () => {
  check(
    fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (amount) => {
      const quantity = memoryQuantity(amount);
      // A number without a unit is in bytes for Kubernetes, and in GiB for BentoML.
      if (/[a-z]$/i.test(quantity)) expect(readMemory(quantity)).toBe(amount);
      else expect(Number(quantity)).toBe(amount);
      const millis = (amount % 1_000_000) + 1;
      expect(readCpu(cpuQuantity(millis))).toBe(millis);
    }),
  );
});

it.each([
  [1, 1],
  [0.5, 1],
  ['2', 2],
  [0, 0],
  // BentoML reads it as none.
  [-1, 0],
  ['one', undefined],
  ['', undefined],
  [Infinity, undefined],
])('the number of GPUs %j is %j', (value, gpus) => {
  expect(readGpus(value)).toBe(gpus);
});
