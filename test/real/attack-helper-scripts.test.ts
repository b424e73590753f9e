import { execFileSync } from 'node:child_process';
import { appendFile, cp, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { writePythonHashes } from '../../scripts/python-hashes.mts';
import { systemClock } from '../../src/core/clock';
import { Helper } from '../../src/core/target/local/helper/helper';
import { quietLog } from '../support/quiet-log';
import { temporaryRuns } from '../support/temporary-runs';

it('names the file of the helper that was changed, above all if it cannot be started any more', async () => {
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
    encoding: 'utf8',
  }).trim();
  const directory = await mkdtemp(path.join(os.tmpdir(), 'attack-'));
  const scripts = path.join(directory, 'python');
  await cp('src/python', scripts, {
    recursive: true,
    filter: (file) => !/__pycache__|\.toml$/.test(file),
  });
  await writePythonHashes(scripts);
  // An update that was interrupted.
  await writeFile(path.join(scripts, 'helper/tree.py'), 'def (');
  const warnings: string[] = [];
  const log = { ...quietLog(), warn: (text: string) => void warnings.push(text) };
  const start = Helper.start({
    ...{ clock: systemClock, python, scripts, directory, log },
    env: { PATH: process.env['PATH'] ?? '' },
    assertTrusted: () => undefined,
    cancel: new AbortController().signal,
    runs: temporaryRuns(directory),
  });
  await expect(start).rejects.toMatchObject({ problem: { code: 'no-python' } });
  await appendFile(path.join(directory, 'done'), '');
  expect(warnings.join('\n')).toContain(
    'helper/tree.py is not the file that came with the extension',
  );
});
