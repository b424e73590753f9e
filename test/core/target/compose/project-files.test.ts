import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  removeProjectFiles,
  writeProjectFiles,
} from '../../../../src/core/target/compose/project-files';

it('a project has the files of its last apply until it is removed, and keeps its folder', async () => {
  const parent = await mkdtemp(path.join(os.tmpdir(), 'project-'));
  onTestFinished(() => rm(parent, { recursive: true }));
  const folder = path.join(parent, 'serve-bento-1');
  await removeProjectFiles(folder);
  await writeProjectFiles(folder, { 'a.secrets.env': '', 'compose.yaml': 'first' });
  await writeProjectFiles(folder, { 'compose.yaml': 'second' });
  expect(await readdir(folder)).toEqual(['compose.yaml']);
  expect(await readFile(path.join(folder, 'compose.yaml'), 'utf8')).toBe('second');
  if (process.platform !== 'win32') expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await removeProjectFiles(folder);
  expect(await readdir(folder)).toEqual([]);
});
