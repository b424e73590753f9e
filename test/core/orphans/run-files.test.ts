import { execFileSync } from 'node:child_process';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RunFiles } from '../../../src/core/orphans/run-files';
import type { RunRecord } from '../../../src/core/orphans/run-record';
import { quietLog } from '../../support/quiet-log';

const record: RunRecord = {
  version: 1,
  mark: 'ab'.repeat(16),
  system: 'here',
  host: { pid: 10, start: '100' },
};
const now = Date.now();
const dayMs = 24 * 3_600_000;

describe.skipIf(process.platform === 'win32')('run files', () => {
  let root: string;
  let folder: string;
  let files: RunFiles;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'run-files-'));
    folder = join(root, 'global/runs');
    files = new RunFiles(folder, quietLog());
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

  it('are private, in a private folder, and say what was written last', async () => {
    await mkdir(folder, { recursive: true });
    await chmod(folder, 0o755);
    await files.write(record);
    const helper = { pid: 11, start: '101' };
    await files.write({ ...record, helper });
    expect(await readdir(folder)).toEqual([`${record.mark}.json`]);
    expect(await modeOf(folder)).toBe(0o700);
    expect(await modeOf(join(folder, `${record.mark}.json`))).toBe(0o600);
    expect(await files.read(now)).toEqual([{ ...record, helper }]);
    await files.remove(record.mark);
    await files.remove(record.mark);
    expect(await files.read(now)).toEqual([]);
  });

  it('are none before the first was written', async () => {
    expect(await files.read(now)).toEqual([]);
  });

  it('are not written through a link, neither of the file nor of the folder', async () => {
    const precious = join(root, 'precious');
    await writeFile(precious, 'precious');
    await mkdir(folder, { recursive: true });
    for (const name of [`${record.mark}.json`, `${record.mark}.json.new`]) {
      await symlink(precious, join(folder, name));
    }
    await files.write(record);
    expect(await readFile(precious, 'utf8')).toBe('precious');

    await rm(folder, { recursive: true });
    await mkdir(join(root, 'elsewhere'));
    await symlink(join(root, 'elsewhere'), folder);
    await expect(files.write(record)).rejects.toThrow();
    expect(await files.read(now)).toEqual([]);
    expect(await readdir(join(root, 'elsewhere'))).toEqual([]);
  });

  it('that are broken or foreign are left alone, and removed when they are old', async () => {
    await files.write(record);
    const whole = JSON.stringify(record);
    const odd: Record<string, string> = {
      'empty.json': '',
      'half.json': whole.slice(0, 40),
      [`${'cd'.repeat(16)}.json`]: whole,
      [`${'ef'.repeat(16)}.json`]: JSON.stringify({ ...record, mark: '../../../etc/passwd' }),
      [`${'01'.repeat(16)}.json`]: JSON.stringify({ ...record, host: { pid: -1, start: '' } }),
      [`${'02'.repeat(16)}.json`]: JSON.stringify({ ...record, host: { pid: 0, start: '' } }),
      [`${'03'.repeat(16)}.json`]: JSON.stringify({ ...record, version: 2 }),
      [`${'04'.repeat(16)}.json`]: `${' '.repeat(20_000)}${whole}`,
      'notes.txt': 'of somebody',
    };
    for (const [name, text] of Object.entries(odd)) await writeFile(join(folder, name), text);
    await symlink(join(folder, `${record.mark}.json`), join(folder, 'link.json'));
    await mkdir(join(folder, 'folder.json'));
    // Nobody writes into it: to open it would be to wait for ever.
    execFileSync('mkfifo', [join(folder, 'pipe.json')]);
    expect(await files.read(now)).toEqual([record]);
    expect(await readdir(folder)).toHaveLength(Object.keys(odd).length + 4);

    const old = new Date(now - 31 * dayMs);
    for (const name of Object.keys(odd)) await utimes(join(folder, name), old, old);
    expect(await files.read(now)).toEqual([record]);
    expect((await readdir(folder)).sort()).toEqual(
      [`${record.mark}.json`, 'folder.json', 'link.json', 'pipe.json'].sort(),
    );
  });
});
