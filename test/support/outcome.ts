import { problemOf } from '../../src/core/problem';

/** Returns `done`, or the code of the problem because of which the work has failed. Never rejects. */
export const outcome = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => problemOf(error).code,
  );
