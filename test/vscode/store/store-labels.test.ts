import { expect, it } from 'vitest';
import { ageWord, sizeWord } from '../../../src/vscode/store/store-labels';
import { english } from '../../support/english';

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;

it.each([
  [0, '0.00 B'],
  [1023, '1023.00 B'],
  [1024, '1.00 KiB'],
  [5275, '5.15 KiB'],
  [3.5 * 1024 ** 3, '3.50 GiB'],
  [2 * 1024 ** 5, '2048.00 TiB'],
])('%d bytes are %s', (bytes, word) => {
  expect(sizeWord({ bytes, isPartial: false }, english)).toBe(word);
});

it('a size that is not whole says so', () => {
  expect(sizeWord({ bytes: 2048, isPartial: true }, english)).toBe('more than 2.00 KiB');
});

it.each([
  [-day, 'just now'],
  [59 * second, 'just now'],
  [60 * second, '1m ago'],
  [23 * hour, '23h ago'],
  [day, '1d ago'],
  [45 * day, '1mo ago'],
  [800 * day, '2y ago'],
])('%d ms ago is %s', (ms, word) => {
  expect(ageWord(ms, 'en', english)).toBe(word);
});

it('an age is told in the language of the window', () => {
  expect(ageWord(2 * day, 'de', english)).toBe('vor 2 Tagen');
});
