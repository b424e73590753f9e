import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readExport, writeExport } from '../../../src/core/export/write-export';
import { temporaryFolder } from '../discovery/temporary-folder';

const refused = { code: 'settings', message: /link/ };

it('an export is written whole, makes its folder, and keeps the mode of what it replaces', async () => {
  const folder = await temporaryFolder({ Procfile: 'old' });
  expect(await readExport(folder, '.vscode/tasks.json')).toBeUndefined();
  await writeExport(folder, '.vscode/tasks.json', '{}');
  expect(await readExport(folder, '.vscode/tasks.json')).toBe('{}');
  const { mode } = await stat(join(folder, 'Procfile'));
  await writeExport(folder, 'Procfile', 'new');
  expect(await readFile(join(folder, 'Procfile'), 'utf8')).toBe('new');
  expect((await stat(join(folder, 'Procfile'))).mode).toBe(mode);
  expect(await readdir(folder)).toEqual(['.vscode', 'Procfile']);
});

it.each([
  ['a file', 'Procfile', 'mine/present'],
  ['nothing', 'Procfile', 'mine/absent'],
  ['a folder on the way', '.vscode', 'mine'],
])('a link to %s is neither read nor written through', async (_, name, target) => {
  const folder = await temporaryFolder({
    'mine/present': 'precious',
    'mine/tasks.json': 'precious',
  });
  await symlink(join(folder, target), join(folder, name));
  const file = name === '.vscode' ? '.vscode/tasks.json' : name;
  await expect(readExport(folder, file)).rejects.toMatchObject({ code: refused.code });
  await expect(writeExport(folder, file, 'ours')).rejects.toThrow(refused.message);
  expect((await lstat(join(folder, name))).isSymbolicLink()).toBe(true);
  expect((await readdir(join(folder, 'mine'))).sort()).toEqual(['present', 'tasks.json']);
  expect(await readFile(join(folder, 'mine/present'), 'utf8')).toBe('precious');
});

it('what is no file is left alone', async () => {
  const folder = await temporaryFolder({ 'Procfile/x': '' });
  await expect(readExport(folder, 'Procfile')).rejects.toThrow('Procfile is not a file');
  await expect(writeExport(folder, 'Procfile', '')).rejects.toMatchObject({ code: 'settings' });
  await mkdir(join(folder, '.vscode'));
  await writeFile(join(folder, '.vscode/tasks.json'), 'x'.repeat(2_000_000));
  await expect(readExport(folder, '.vscode/tasks.json')).rejects.toThrow('is larger than 1 MiB');
});
