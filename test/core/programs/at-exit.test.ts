import { expect, it } from 'vitest';
import { atExit } from '../../../src/core/programs/at-exit';

it('has one listener for any number of programs, and none without programs', () => {
  const before = process.listeners('exit');
  const ended: number[] = [];
  const all = Array.from({ length: 20 }, (_, index) => atExit(() => ended.push(index)));
  const own = process.listeners('exit').filter((one) => !before.includes(one));
  expect(own).toHaveLength(1);
  all[3]?.dispose();
  own[0]?.(0);
  expect(ended).toEqual([...Array(20).keys()].filter((index) => index !== 3));
  for (const one of all) one.dispose();
  expect(process.listeners('exit')).toEqual(before);
});
