import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writePythonHashes } from '../../scripts/python-hashes.mts';
import { systemClock } from '../../src/core/clock';
import { Helper } from '../../src/core/target/local/helper/helper';
import { quietLog } from '../support/quiet-log';
import { temporaryRuns } from '../support/temporary-runs';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'changed-scripts-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('the log names the changed file of a helper, even if the helper cannot start any more', async () => {
  const ask = ['-c', 'import sys; print(sys.executable)'];
  const python = execFileSync('python3', ask, { encoding: 'utf8' }).trim();
  const scripts = path.join(directory, 'python');
  const filter = (file: string): boolean => !/__pycache__|\.toml$/.test(file);
  cpSync('src/python', scripts, { recursive: true, filter });
  await writePythonHashes(scripts);
  // An interrupted update may leave such a file.
  writeFileSync(path.join(scripts, 'helper/tree.py'), 'def (');
  const log = quietLog();
  const start = Helper.start({
    ...{ clock: systemClock, python, scripts, directory, log },
    env: { PATH: process.env['PATH'] ?? '' },
    assertTrusted: () => undefined,
    cancel: new AbortController().signal,
    runs: temporaryRuns(directory),
  });
  await expect(start).rejects.toMatchObject({ problem: { code: 'no-python' } });
  const file = path.join(scripts, 'helper/tree.py');
  expect(log.lines.join('\n')).toContain(`${file} is not the file that came with the extension`);
});
