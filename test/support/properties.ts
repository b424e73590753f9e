import fc from 'fast-check';
import { TestRunner, vi } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Inputs that properties of this test have tried, and how many properties those were. */
    inputs?: number;
    properties?: number;
  }
}

// Hundreds of inputs, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000 });

const defaultRuns = 200;
const seed = numberFrom('PROPERTY_SEED');
const factor = numberFrom('PROPERTY_FACTOR') ?? 1;

/** Tries the property with `runs` inputs, and counts them; what failed is told with the seed that repeats it. */
export function check<T>(property: fc.IProperty<T>, runs = defaultRuns): void {
  conclude(fc.check(property, parameters<T>(runs)));
}

/** The same for what has to be waited for. */
export async function checkAsync<T>(
  property: fc.IAsyncProperty<T>,
  runs = defaultRuns,
): Promise<void> {
  conclude(await fc.check(property, parameters<T>(runs)));
}

function parameters<T>(runs: number): fc.Parameters<T> {
  return { numRuns: Math.ceil(runs * factor), ...(seed === undefined ? {} : { seed }) };
}

function conclude<T>(details: fc.RunDetails<T>): void {
  const meta = TestRunner.getCurrentTest()?.meta;
  if (meta === undefined) throw new Error('A property is checked within a test.');
  meta.inputs = (meta.inputs ?? 0) + details.numRuns;
  meta.properties = (meta.properties ?? 0) + 1;
  if (!details.failed) return;
  // A summary shows the first line only.
  const input = fc.stringify(details.counterexample).slice(0, 500);
  const first = `PROPERTY_SEED=${details.seed} repeats it: ${input}`;
  throw new Error(`${first}\n${fc.defaultReportMessage(details) ?? ''}`, {
    cause: details.errorInstance,
  });
}

function numberFrom(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`${name} is ${text}, which is no number.`);
  return value;
}
