import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Count, StepEnd } from './step.mts';

/** A check without tests of its own counts as one. */
export const exitCount = ({ code }: StepEnd): Promise<Count> =>
  Promise.resolve(code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });

const vitestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  success: z.boolean(),
});

export const vitestCount =
  (file: string) =>
  async ({ root }: StepEnd): Promise<Count> => {
    const report = vitestReport.parse(await json(root, file));
    const { numPassedTests, numFailedTests, success } = report;
    // A file that cannot be loaded has no tests that could fail.
    const failed = success ? numFailedTests : Math.max(numFailedTests, 1);
    return { passed: numPassedTests, failed };
  };

const windowReport = z.object({ passed: z.number(), failed: z.number() });

export const windowCount =
  (file: string) =>
  async ({ root }: StepEnd): Promise<Count> =>
    windowReport.parse(await json(root, file));

export const unittestCount = ({ output }: StepEnd): Promise<Count> => {
  const ran = /^Ran (\d+) tests? in/m.exec(output)?.[1];
  if (ran === undefined) throw new Error('unittest printed no count');
  // A failed subtest counts on its own, its test once.
  const failed = sum(
    output,
    /^FAILED \((.+)\)/m,
    /(?:failures|errors|unexpected successes)=(\d+)/g,
  );
  const skipped = sum(output, /^(?:OK|FAILED) \((.+)\)/m, /skipped=(\d+)/g);
  return Promise.resolve({ passed: Math.max(0, Number(ran) - failed - skipped), failed });
};

function sum(output: string, line: RegExp, numbers: RegExp): number {
  const found = line.exec(output)?.[1] ?? '';
  return [...found.matchAll(numbers)].reduce((total, [, count]) => total + Number(count), 0);
}

async function json(root: string, file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path.join(root, file), 'utf8'));
  } catch (error) {
    throw new Error(`${file} was not written, so nobody knows what passed`, { cause: error });
  }
}
