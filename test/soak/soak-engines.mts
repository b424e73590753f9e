import { spawn } from 'node:child_process';
import path from 'node:path';
import { projectRoot } from '../../scripts/cache.mts';

/** The scripts that run tests with an engine, and the test of each that is a soak. */
const engines = [
  ['test/engines/run.mts', 'test/engines/soak.test.ts'],
  ['test/kubernetes/run.mts', 'test/kubernetes/soak.test.ts'],
] as const;

/** Runs the soaks of Docker Compose and Kubernetes one after the other, and returns the exit code. */
export async function soakEngines(minutes: number): Promise<number> {
  const env = { ...process.env, SERVE_BENTO_SOAK_MINUTES: String(minutes / engines.length) };
  let failed = 0;
  for (const [script, test] of engines) {
    const args = [path.join(projectRoot, script), test];
    const child = spawn(process.execPath, args, { cwd: projectRoot, env, stdio: 'inherit' });
    const code = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (exitCode) => resolve(exitCode ?? 1));
    });
    if (code !== 0) failed = code;
  }
  return failed;
}
