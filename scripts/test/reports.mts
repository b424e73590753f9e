import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Report, StepEnd } from './step.mts';

/** A check without tests of its own counts as one. */
export const exitReport = ({ code, output }: StepEnd): Promise<Report> =>
  Promise.resolve(
    code === 0
      ? { passed: 1, failed: 0 }
      : { passed: 0, failed: 1, failures: [{ error: errorOf(output) }] },
  );

const vitestSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          duration: z.number().nullish(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

export const vitestReport =
  (file: string) =>
  async ({ root }: StepEnd): Promise<Report> => {
    const { numPassedTests, numFailedTests, success, testResults } = vitestSchema.parse(
      await json(root, file),
    );
    const tests = testResults.flatMap(({ name, assertionResults }) =>
      assertionResults.map(({ ancestorTitles, title, ...rest }) => ({
        ...rest,
        test: [path.relative(root, name), ...ancestorTitles, title].join(' › '),
      })),
    );
    const errorsOf = (wanted: 'failed' | 'passed') =>
      tests.flatMap(({ test, status, failureMessages }) => {
        const [message] = failureMessages ?? [];
        const isWanted = status === wanted && (wanted === 'failed' || message !== undefined);
        return isWanted ? [{ test, error: firstLine(message) }] : [];
      });
    const failures = errorsOf('failed');
    // A file that cannot be loaded, or whose set-up fails, may have no test that could fail.
    const files = testResults
      .filter(({ status, assertionResults }) => {
        return status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
      })
      .map(({ name, message }) => ({
        test: path.relative(root, name),
        error: firstLine(message),
      }));
    const all = [...failures, ...files];
    // An error outside of the tests has no name in the report.
    if (!success && all.length === 0)
      all.push({ test: 'outside of the tests', error: 'see above' });
    return {
      passed: numPassedTests,
      failed: Math.max(numFailedTests, all.length),
      failures: all,
      // Vitest keeps the errors of the first attempt.
      flaky: errorsOf('passed'),
      timings: tests.map(({ test, duration }) => ({ test, milliseconds: duration ?? 0 })),
    };
  };

/** Reads a report of tests that print a line `… not run: REASON` if they cannot run. */
export const optionalReport =
  (read: (end: StepEnd) => Promise<Report>) =>
  (end: StepEnd): Promise<Report> => {
    const notRun = end.code === 0 ? /^.* not run: .*$/m.exec(end.output)?.[0] : undefined;
    return notRun === undefined ? read(end) : Promise.resolve({ passed: 0, failed: 0, notRun });
  };

const windowSchema = z.object({
  passed: z.number(),
  failed: z.number(),
  failures: z.array(z.object({ test: z.string(), error: z.string() })),
  flaky: z.array(z.object({ test: z.string(), error: z.string() })),
  timings: z.array(z.object({ test: z.string(), milliseconds: z.number() })),
});

export const windowReport =
  (file: string) =>
  async ({ root }: StepEnd): Promise<Report> => {
    const { failures, flaky, ...rest } = windowSchema.parse(await json(root, file));
    const shortened = ({ test, error }: { readonly test: string; readonly error: string }) => ({
      test,
      error: firstLine(error),
    });
    return { ...rest, failures: failures.map(shortened), flaky: flaky.map(shortened) };
  };

const faultsSchema = z.array(
  z.object({
    fault: z.object({ number: z.number(), fault: z.string() }),
    outcome: z
      .object({ asExpected: z.boolean(), seen: z.string(), milliseconds: z.number() })
      .optional(),
  }),
);

/** Rows that this system cannot play are not counted. */
export const faultsReport =
  (file: string) =>
  async ({ root }: StepEnd): Promise<Report> => {
    const rows = faultsSchema.parse(await json(root, file));
    const played = rows.flatMap(({ fault: { number, fault }, outcome }) =>
      outcome === undefined ? [] : [{ test: `${number}: ${fault}`, ...outcome }],
    );
    const failed = played.filter(({ asExpected }) => !asExpected);
    return {
      passed: played.length - failed.length,
      failed: failed.length,
      failures: failed.map(({ test, seen }) => ({ test, error: firstLine(seen) })),
      timings: played.map(({ test, milliseconds }) => ({ test, milliseconds })),
    };
  };

export const unittestReport = ({ output }: StepEnd): Promise<Report> => {
  const ran = /^Ran (\d+) tests? in/m.exec(output)?.[1];
  if (ran === undefined) throw new Error('unittest printed no count');
  // A failed subtest counts on its own, its test once.
  const failed = sum(
    output,
    /^FAILED \((.+)\)/m,
    /(?:failures|errors|unexpected successes)=(\d+)/g,
  );
  const skipped = sum(output, /^(?:OK|FAILED) \((.+)\)/m, /skipped=(\d+)/g);
  const blocks = output.matchAll(
    /^(?:FAIL|ERROR): (?<test>.+)\n(?:.+\n)*?-{70}\n(?<trace>[^]*?)\n\n/gm,
  );
  const failures = [...blocks].map(({ groups }) => ({
    test: groups?.['test'] ?? '',
    // The exception is below its traceback.
    error: /^[\w.]+(?:Error|Exception|Interrupt)\b.*$/m.exec(groups?.['trace'] ?? '')?.[0] ?? '',
  }));
  return Promise.resolve({
    passed: Math.max(0, Number(ran) - failed - skipped),
    failed,
    failures,
  });
};

function sum(output: string, line: RegExp, numbers: RegExp): number {
  const found = line.exec(output)?.[1] ?? '';
  return [...found.matchAll(numbers)].reduce((total, [, count]) => total + Number(count), 0);
}

/** Returns the line of a tool's output with the error, and the unindented line that it belongs to. */
function errorOf(output: string): string {
  const lines = plain(output)
    .split('\n')
    .filter((line) => line.trim() !== '');
  const at = lines.findIndex((line) => /error|\[warn\]/i.test(line));
  const line = lines[at] ?? lines.at(-1) ?? '';
  const head = /^\s/.test(line)
    ? lines.slice(0, at).findLast((before) => /^\S/.test(before))
    : undefined;
  return head === undefined ? line : `${head} ${line.trim()}`;
}

const firstLine = (text: string | undefined): string =>
  plain(text ?? '')
    .trim()
    .split('\n', 1)[0] ?? '';

/** Without colours. */
const plain = (text: string): string => text.replaceAll(/\u001B\[[\d;]*m/g, '');

async function json(root: string, file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path.join(root, file), 'utf8'));
  } catch (error) {
    throw new Error(`${file} was not written, so nobody knows what passed`, { cause: error });
  }
}
