import { existsSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { runProgram } from '../../scripts/run-program.mts';
import { engineVariable } from '../window/support/engine.mts';

const { env, image } = inject('engine');

it('a bento on Docker Compose in a real window', async () => {
  const node = process.execPath;
  if (!existsSync('out/serve-bento.vsix')) await runProgram(node, ['scripts/package.mts']);
  const run = await runProgram(node, ['test/window/run.mts', '--only', 'compose'], {
    env: { ...process.env, [engineVariable]: JSON.stringify({ kind: 'compose', env, image }) },
  });
  expect(run.code, run.stdout + run.stderr).toBe(0);
  // A window is opened, in which containers start three times.
}, 420_000);
