import { spawn } from 'node:child_process';
import { machineEnvironment } from './test-environment.mts';

export interface ProgramResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the set-up to its end; a program that cannot be started counts as one that failed. */
export function runProgram(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const { cwd, env = machineEnvironment() } = options;
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (error) => {
      resolve({ code: null, stdout, stderr: error.message });
    });
    child.on('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** Runs a program that has to succeed, and gives back what it printed. */
export async function output(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const { code, stdout, stderr } = await runProgram(file, args, options);
  if (code === 0) return stdout.trim();
  const said = (stderr.trim() || stdout.trim()).slice(-4000);
  throw new Error(`${[file, ...args].join(' ')} failed (${String(code)}): ${said}`);
}
