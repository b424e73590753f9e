import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, globSync, realpathSync } from 'node:fs';
import path from 'node:path';
import type { Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';
import { place, refused, seconds } from '../steps.ts';

export const interpreterFaults: readonly Fault[] = [
  {
    number: 7,
    fault: 'the interpreter is missing',
    expected: 'failed, naming its path',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      await scene.settings({ pythonPath: '/nowhere/python' });
      return refused(scene, id, 'no-python', '/nowhere/python', 'does not exist');
    },
  },
  {
    number: 8,
    fault: 'the interpreter has no BentoML',
    expected: 'failed: "BentoML is not installed in …", install or select',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      await scene.settings({ pythonPath: emptyEnvironment(scene) });
      return refused(scene, id, 'no-bentoml', 'is not installed in', 'nstall', 'select');
    },
  },
  ...['0.13.1', '2.0.0'].map((version): Fault => ({
    number: 9,
    fault: `BentoML ${version}`,
    expected: 'failed, naming what is found and what is needed',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      const python = emptyEnvironment(scene);
      const [packages = ''] = globSync(
        path.join(path.dirname(python), '../lib/python3*/site-packages'),
      );
      const metadata = path.join(packages, `bentoml-${version}.dist-info/METADATA`);
      scene.write(
        path.relative(scene.folder, metadata),
        `Metadata-Version: 2.1\nName: bentoml\nVersion: ${version}\n`,
      );
      await scene.settings({ pythonPath: python });
      return refused(scene, id, 'unsupported-version', version, 'below 2');
    },
  })),
  ...(
    [
      ['hangs', 'sleep 600', /did not answer within 10 s/],
      ['crashes', 'kill -SEGV $$', /SIGSEGV/],
      ['floods', 'yes "a flood of bytes"', /wrote more than 64 KiB/],
    ] as const
  ).map(([what, command, words]): Fault => ({
    number: 10,
    fault: `the interpreter ${what} when it is asked what it is`,
    expected: 'ended after 10 s or 64 KiB at the latest, and failed for that reason',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      scene.write('bad/python', `#!/bin/sh\n${command}\n`);
      const python = path.join(scene.folder, 'bad/python');
      chmodSync(python, 0o755);
      await scene.settings({ pythonPath: python });
      const from = performance.now();
      const said = await refused(scene, id, 'no-python', python, words);
      const took = performance.now() - from;
      assert.ok(took < 12_000, `after ${seconds(took)}`);
      return `after ${seconds(took)}: ${said}`;
    },
  })),
];

/** A virtual environment with nothing in it. */
function emptyEnvironment({ folder, pythons }: Scene): string {
  const base = realpathSync(pythons['bentoml-1.4']);
  const environment = path.join(folder, 'environment');
  execFileSync(base, ['-m', 'venv', '--without-pip', environment]);
  return path.join(environment, 'bin/python');
}
