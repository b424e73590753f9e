import { describe, it } from 'vitest';

/** The options of a test that takes too long for every change: only `npm run test:all` runs it. */
export const long = { tags: ['long'] };

type Rows = readonly (readonly unknown[])[];
type Mutable<T> = { -readonly [K in keyof T]: T[K] };
/** What a row gives a test. */
type Row<R extends Rows> = Mutable<R[number]> & unknown[];

type Test<A extends Rows, B extends Rows> = (...row: Row<A> | Row<B>) => void | Promise<void>;

/** As `it.each` with two lists of cases: those of every change, and those that only `npm run test:all` has besides. */
export const itEach =
  <const A extends Rows, const B extends Rows>(always: A, longOnes: B) =>
  (title: string, test: Test<A, B>): void => {
    const run = test as (...row: readonly unknown[]) => void | Promise<void>;
    it.for<readonly unknown[]>(always)(title, (row) => run(...row));
    it.for<readonly unknown[]>(longOnes)(title, long, (row) => run(...row));
  };

/** As `describe.each`, with two lists of cases as for `itEach`. */
export const describeEach =
  <const A extends Rows, const B extends Rows>(always: A, longOnes: B) =>
  (title: string, tests: (...row: Row<A> | Row<B>) => void): void => {
    const define = tests as (...row: readonly unknown[]) => void;
    describe.for<readonly unknown[]>(always)(title, (row) => define(...row));
    describe.for<readonly unknown[]>(longOnes)(title, long, (row) => define(...row));
  };

/** For the one case or the other of a test whose cases differ in more. */
export const longIf = (isLong: boolean): typeof long => (isLong ? long : { tags: [] });
