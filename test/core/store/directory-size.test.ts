import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { directorySize } from '../../../src/core/store/directory-size';
import { temporaryFolder } from '../discovery/temporary-folder';

it('adds up the files below, at any depth', async () => {
  const folder = await temporaryFolder({
    'a/b/c/d.bin': '12345',
    'a/b/e.bin': '1',
    'f/g.bin': '1',
    'h/i.bin': '1',
    'j.txt': '678',
  });
  await mkdir(join(folder, 'empty'));
  expect(await directorySize(folder)).toEqual({ bytes: 11, isPartial: false });
});

it('counts a linked file and no linked directory, as bentoml list does', async () => {
  const folder = await temporaryFolder({ 'own/a': '12', 'other/b': '3456', 'other/c': '789' });
  await symlink(join(folder, 'other/b'), join(folder, 'own/b'));
  await symlink(join(folder, 'other'), join(folder, 'own/directory'));
  await symlink(join(folder, 'nowhere'), join(folder, 'own/broken'));
  await symlink(join(folder, 'own'), join(folder, 'own/itself'));
  expect(await directorySize(join(folder, 'own'))).toEqual({ bytes: 6, isPartial: false });
});

it('says when there is more than it counted', async () => {
  const folder = await temporaryFolder(
    Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`${index}`, '1'])),
  );
  const { bytes, isPartial } = await directorySize(folder, 10);
  expect({ bytes, isPartial }).toEqual({ bytes: 10, isPartial: true });
});

it('is nothing for what is not there, and ends when it is not wanted any more', async () => {
  expect(await directorySize('/nowhere/at/all')).toEqual({ bytes: 0, isPartial: false });
  const folder = await temporaryFolder({ a: '1' });
  await expect(directorySize(folder, 10, AbortSignal.abort())).rejects.toThrow();
});
