import type { Failure, Report } from './step.mts';

export interface StepOutcome {
  readonly step: string;
  readonly seconds: number;
  readonly report: Report;
}

const slowestShown = 10;
const failuresShown = 100;
const longestError = 400;

/** The tests that took longest, over all steps. */
export function slowestTests(outcomes: readonly StepOutcome[]): readonly string[] {
  return outcomes
    .flatMap(({ step, report }) => (report.timings ?? []).map((timing) => ({ step, ...timing })))
    .sort((a, b) => b.milliseconds - a.milliseconds)
    .slice(0, slowestShown)
    .map(
      ({ step, test, milliseconds }) => `${(milliseconds / 1000).toFixed(1)} s  ${step} › ${test}`,
    );
}

/** Returns a line for each test that passed only at the second attempt. */
export const flakyTests = (outcomes: readonly StepOutcome[]): readonly string[] =>
  outcomes.flatMap(({ step, report }) =>
    (report.flaky ?? []).map((one) => lineOf('PASSED AT THE SECOND ATTEMPT', step, one)),
  );

/** A line for each failed test: logs are cut to their end, so these come last. */
export function failedTests(outcomes: readonly StepOutcome[]): readonly string[] {
  const lines = outcomes.flatMap(({ step, report }) => {
    const named = (report.failures ?? []).map((one) => lineOf('FAILED', step, one));
    const rest = report.failed - named.length;
    return rest > 0 ? [...named, `FAILED: ${step}: ${rest} without a name, see above`] : named;
  });
  const more = lines.length - failuresShown;
  return more > 0 ? [...lines.slice(0, failuresShown), `and ${more} more`] : lines;
}

function lineOf(what: string, step: string, { test, error }: Failure): string {
  const name = test === undefined ? step : `${step} › ${test}`;
  return `${what}: ${name}: ${error.slice(0, longestError)}`;
}

export const stepLine = ({ step, seconds, report }: StepOutcome): string =>
  report.notRun === undefined
    ? `${step}: ${report.passed} passed, ${report.failed} failed, ${seconds} s`
    : `${step}: ${report.notRun}`;
