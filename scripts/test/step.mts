import { spawn } from 'node:child_process';

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
  readonly command: readonly [string, ...string[]];
  readonly limitMs: number;
  /** How many tests that were; throws when it cannot be told, which is a failure. */
  readonly count: (end: StepEnd) => Promise<Count>;
}

/** Runs one step, shows its output as it comes, and never throws: what goes wrong is a failed test. */
export async function runStep(step: Step, root: string): Promise<Count> {
  console.log(`\n── ${step.name} ──`);
  const end = await run(step, root);
  try {
    const { passed, failed } = await step.count(end);
    if (passed + failed === 0) throw new Error('no test was executed');
    // A suite that ends badly with all its tests passed has failed all the same.
    return end.code !== 0 && failed === 0 ? { passed, failed: 1 } : { passed, failed };
  } catch (error) {
    console.error(`${step.name}: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1 };
  }
}

async function run({ command, limitMs }: Step, root: string): Promise<StepEnd> {
  const [file, ...args] = command;
  const windows = process.platform === 'win32';
  const child = spawn(file, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: windows,
    detached: !windows,
  });
  let output = '';
  for (const [stream, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    stream.on('data', (piece: Buffer) => {
      to.write(piece);
      output = (output + piece.toString()).slice(-100_000);
    });
  }
  const limit = setTimeout(() => {
    console.error(`longer than ${limitMs / 60_000} minutes: ended`);
    // The whole group: npx and npm have children of their own.
    if (child.pid !== undefined) process.kill(windows ? child.pid : -child.pid, 'SIGKILL');
  }, limitMs);
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', (error) => {
      console.error(error.message);
      resolve(null);
    });
    child.on('close', resolve);
  });
  clearTimeout(limit);
  return { code, output, root };
}
