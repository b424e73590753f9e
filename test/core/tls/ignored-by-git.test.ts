import { readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ignoreInGit } from '../../../src/core/tls/ignored-by-git';
import { temporaryFolder } from '../discovery/temporary-folder';

it.each([
  [undefined, '/a.pem\n/b.pem\n'],
  ['*.log', '*.log\n/a.pem\n/b.pem\n'],
  ['/b.pem\n', '/b.pem\n/a.pem\n'],
  ['/a.pem\r\n/b.pem', '/a.pem\r\n/b.pem'],
])('keys are kept out of Git, beside what is ignored already: %j', async (present, expected) => {
  const folder = await temporaryFolder(present === undefined ? {} : { '.gitignore': present });
  await ignoreInGit(folder, ['a.pem', 'b.pem']);
  expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe(expected);
});

it('a .gitignore that is a link is left alone', async () => {
  const folder = await temporaryFolder({ mine: 'precious' });
  await symlink(join(folder, 'mine'), join(folder, '.gitignore'));
  await expect(ignoreInGit(folder, ['a.pem'])).rejects.toMatchObject({ code: 'settings' });
  expect(await readFile(join(folder, 'mine'), 'utf8')).toBe('precious');
});
