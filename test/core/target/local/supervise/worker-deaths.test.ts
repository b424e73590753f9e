import { describe, expect, it } from 'vitest';
import type { Problem } from '../../../../../src/core/model';
import {
  withDeath,
  type Deaths,
} from '../../../../../src/core/target/local/supervise/worker-deaths';

const problem = (message: string): Problem => ({ code: 'crashed', message });

/** Deaths at these times, in milliseconds; each is told with its number. */
const deaths = (...times: readonly number[]): Deaths => {
  let all: Deaths | undefined;
  times.forEach((at, index) => (all = withDeath(all, problem(`death ${index + 1}`), at)));
  if (all === undefined) throw new Error('no death');
  return all;
};

describe('deaths one after another', () => {
  it.each<[readonly number[], boolean, string, readonly number[]]>([
    [[0], false, 'death 1', [0]],
    [[0, 10], false, 'death 1', [0, 10]],
    [[0, 10, 20], true, 'death 1', [0, 10, 20]],
    [[0, 10, 59_999], true, 'death 1', [0, 10, 59_999]],
    [[0, 10, 60_000], false, 'death 1', [10, 60_000]],
    [[0, 60_000], false, 'death 2', [60_000]],
    [[0, 100_000, 100_001, 100_002], true, 'death 2', [100_000, 100_001, 100_002]],
  ])('at %j: too many: %s, because of %s', (times, tooMany, first, at) => {
    const all = deaths(...times);
    expect([all.tooMany, all.first.message, all.at]).toEqual([tooMany, first, at]);
  });
});
