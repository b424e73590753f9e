import { expect, inject, it } from 'vitest';
import { output } from '../../scripts/run-program.mts';

const engine = inject('engine');

it('the engine runs a program of this machine in a container, and has Compose', async () => {
  const { env, image, mounts, pythons } = engine;
  const volumes = mounts.flatMap((mount) => ['--volume', `${mount}:${mount}:ro`]);
  const python = pythons['bentoml-1.4'];
  const command = ['-c', 'import bentoml; print(bentoml.__version__)'];
  expect(
    await output('docker', ['run', '--rm', ...volumes, image, python, ...command], { env }),
  ).toBe('1.4.38');
  expect(await output('docker', ['compose', 'version', '--short'], { env })).toMatch(/^5\./);
});
