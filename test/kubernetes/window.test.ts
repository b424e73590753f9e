import { existsSync } from 'node:fs';
import { expect, inject, it } from 'vitest';
import { runProgram } from '../../scripts/run-program.mts';
import { engineVariable } from '../window/support/engine.mts';
import { imageNamed } from './support/exported';
import { testNamespaces } from './support/namespace';

const { env } = inject('cluster');
const namespace = testNamespaces();

it('a bento on Kubernetes in a real window', async () => {
  const own = await namespace();
  const engine = { kind: 'kubernetes', env, image: imageNamed('ready'), namespace: own.name };
  const node = process.execPath;
  if (!existsSync('out/serve-bento.vsix')) await runProgram(node, ['scripts/package.mts']);
  const run = await runProgram(node, ['test/window/run.mts', '--only', 'kubernetes'], {
    env: { ...process.env, [engineVariable]: JSON.stringify(engine) },
  });
  expect(run.code, run.stdout + run.stderr).toBe(0);
  // A window is opened twice.
}, 420_000);
