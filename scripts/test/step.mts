import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGroup } from './group.mts';

export interface Failure {
  /** Its names from the outermost on; absent when the step as a whole has failed. */
  readonly test?: string;
  /** One line. */
  readonly error: string;
}

export interface Timing {
  readonly test: string;
  readonly milliseconds: number;
}

/** The results of the tests of a step. */
export interface Report {
  readonly passed: number;
  readonly failed: number;
  readonly failures?: readonly Failure[];
  /** The tests that failed at the first attempt and passed at the second one. */
  readonly flaky?: readonly Failure[];
  readonly timings?: readonly Timing[];
  /** The reason why the step ran no tests, found when it began. */
  readonly notRun?: string;
}

export interface StepEnd {
  readonly code: number | null;
  readonly output: string;
  readonly root: string;
}

export interface Step {
  readonly name: string;
  /** Several steps can be run by this one name. */
  readonly group?: string;
  /** The reason why the step is not run on this machine. */
  readonly skipped?: string;
  readonly command: readonly [string, ...string[]];
  readonly limitMs: number;
  /** The file that the step writes and `read` reads. It is removed first, so that the file of an earlier run is never read. */
  readonly report?: string;
  /** Reads the results. An error that it throws counts as a failed test. */
  readonly read: (end: StepEnd) => Promise<Report>;
}

/**
 * Runs one step and shows its output at once or, if it is `held`, at the end. Never throws: any error counts as a failed
 * test.
 */
export async function runStep(step: Step, root: string, held: boolean): Promise<Report> {
  if (!held) console.log(title(step));
  try {
    if (step.report !== undefined) await rm(path.join(root, step.report), { force: true });
    const end = await run(step, root, held);
    const report = await step.read(end);
    if (report.notRun !== undefined) return report;
    if (report.passed + report.failed === 0) throw new Error('no test was executed');
    if (end.code === 0 || report.failed > 0) return report;
    // A suite that ends badly with all its tests passed has failed all the same.
    throw new Error(`ended with ${String(end.code)} although no test failed`);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    console.error(`${step.name}: ${message}`);
    return { passed: 0, failed: 1, failures: [{ error: message }] };
  }
}

const title = ({ name }: Step): string => `\n── ${name} ──`;

async function run(step: Step, root: string, held: boolean): Promise<StepEnd> {
  const { command, limitMs } = step;
  const group = startGroup(command, root);
  let output = '';
  const shown: Buffer[] = [];
  for (const [stream, to] of [
    [group.child.stdout, process.stdout],
    [group.child.stderr, process.stderr],
  ] as const) {
    stream.on('data', (piece: Buffer) => {
      if (held) shown.push(piece);
      else to.write(piece);
      output = (output + piece.toString()).slice(-100_000);
    });
  }
  const limit = setTimeout(() => {
    console.error(`longer than ${limitMs / 60_000} minutes: ended`);
    group.end();
  }, limitMs);
  try {
    const code = await group.exited;
    // Not for ever: a process that a test left behind may hold the pipe.
    await Promise.race([group.closed, sleep(2_000, undefined, { ref: false })]);
    return { code, output, root };
  } finally {
    if (held) process.stdout.write(`${title(step)}\n${Buffer.concat(shown).toString()}`);
    clearTimeout(limit);
    group.dispose();
  }
}
