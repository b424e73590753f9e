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
  numFailedTestSuites: z.number(),
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
  const bad = /^FAILED \((.+)\)$/m.exec(output)?.[1] ?? '';
  const failed = [...bad.matchAll(/(?:failures|errors)=(\d+)/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  return Promise.resolve({ passed: Number(ran) - failed, failed });
};

const json = async (root: string, file: string): Promise<unknown> =>
  JSON.parse(await readFile(path.join(root, file), 'utf8'));
