import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGroup } from './group.mts';

export interface Count {
  readonly passed: number;
  readonly failed: number;
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
  /** What the step writes and `count` reads: removed before, so that an earlier run's is never taken for it. */
  readonly report?: string;
  /** How many tests that were; throws when it cannot be told, which is a failure. */
  readonly count: (end: StepEnd) => Promise<Count>;
}

/**
 * Runs one step, shows its output as it comes or, `held`, at its end, and never throws: what goes wrong is a failed
 * test.
 */
export async function runStep(step: Step, root: string, held: boolean): Promise<Count> {
  if (!held) console.log(title(step));
  try {
    if (step.report !== undefined) await rm(path.join(root, step.report), { force: true });
    const end = await run(step, root, held);
    const { passed, failed } = await step.count(end);
    if (passed + failed === 0) throw new Error('no test was executed');
    if (end.code === 0 || failed > 0) return { passed, failed };
    // A suite that ends badly with all its tests passed has failed all the same.
    console.error(`${step.name}: ended with ${String(end.code)} although no test failed`);
    return { passed, failed: 1 };
  } catch (error) {
    console.error(`${step.name}: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1 };
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
