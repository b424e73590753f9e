import { expect, it } from 'vitest';
import { JoinedWork } from '../../src/core/joined-work';

it('work under way is joined, and begun anew after its end', async () => {
  const joined = new JoinedWork();
  let begun = 0;
  const work = (): Promise<void> => {
    begun++;
    return Promise.resolve();
  };
  await Promise.all([joined.run('a', work), joined.run('a', work), joined.run('b', work)]);
  expect(begun).toBe(2);
  await joined.run('a', work);
  expect(begun).toBe(3);
});
