import { existsSync } from 'node:fs';
import { expect } from 'vitest';
import { runProgram } from '../../scripts/run-program.mts';
import { engineVariable, type RunEngine } from '../window/support/engine.mts';

/** Runs a journey of an engine in a real window with the packaged extension. Default: the one that has its name. */
export async function runWindow(engine: RunEngine, journey: string = engine.kind): Promise<void> {
  const run = async (args: readonly string[], env = process.env): Promise<void> => {
    const { code, stdout, stderr } = await runProgram(process.execPath, args, { env });
    expect(code, stdout + stderr).toBe(0);
  };
  if (!existsSync('out/serve-bento.vsix')) await run(['scripts/package.mts']);
  const env = { ...process.env, [engineVariable]: JSON.stringify(engine) };
  await run(['test/window/run.mts', '--only', journey], env);
}
