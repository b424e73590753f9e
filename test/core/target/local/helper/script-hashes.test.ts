import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writePythonHashes } from '../../../../../scripts/python-hashes.mts';
import { warnOfChangedScripts } from '../../../../../src/core/target/local/helper/script-hashes';

describe('the Python files of a build', () => {
  let folder: string;
  const warnings: string[] = [];
  const silent = (): void => undefined;
  const log = {
    debug: silent,
    info: silent,
    error: silent,
    warn: (text: string) => warnings.push(text),
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scripts-'));
    // As in scripts/build.mts: not what only the checks read.
    await cp('src/python', folder, {
      recursive: true,
      filter: (file) => !/__pycache__|\.toml$/.test(file),
    });
    await writePythonHashes(folder);
    warnings.length = 0;
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('are the same as at build time, and nothing is said', async () => {
    await warnOfChangedScripts(folder, log);
    expect(warnings).toEqual([]);
  });

  it('are named when they are changed, missing or additional', async () => {
    await writeFile(join(folder, 'helper/tree.py'), 'raise SystemExit');
    await rm(join(folder, 'plan.py'));
    // It would be found before the one of the standard library.
    await writeFile(join(folder, 'helper/json.py'), '');
    await warnOfChangedScripts(folder, log);
    expect(warnings).toEqual(
      ['helper/json.py', 'helper/tree.py', 'plan.py'].map(
        (file) => `${join(folder, file)} is not the file that came with the extension.`,
      ),
    );
  });

  it('are not compared in the repository, where there is no list', async () => {
    await warnOfChangedScripts('src/python', log);
    expect(warnings).toEqual([]);
  });

  it('are doubted when the list is broken', async () => {
    await writeFile(join(folder, 'hashes.json'), '[1]');
    await warnOfChangedScripts(folder, log);
    expect(warnings).toHaveLength(1);
  });
});
