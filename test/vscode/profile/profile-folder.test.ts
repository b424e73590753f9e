import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, test } from 'vitest';
import { newProfileFile } from '../../../src/vscode/profile/profile-folder';

let storage = '';
beforeEach(async () => {
  storage = await mkdtemp(path.join(tmpdir(), 'profiles-'));
});
afterEach(() => rm(storage, { recursive: true, force: true }));

const date = new Date('2026-11-28T15:30:00.250Z');

it.skipIf(process.platform === 'win32')('is a folder that only its user can open', async () => {
  const folder = path.join(storage, 'new', 'profiles');
  await newProfileFile(folder, 'http · iris', date);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test.each<[string, string]>([
  ['http · iris', 'http-iris_2026-11-28T15-30-00-250Z.cpuprofile'],
  ['../../etc/passwd', '-etc-passwd_2026-11-28T15-30-00-250Z.cpuprofile'],
  ['模型 é_1', '模型-é_1_2026-11-28T15-30-00-250Z.cpuprofile'],
  ['x'.repeat(500), `${'x'.repeat(60)}_2026-11-28T15-30-00-250Z.cpuprofile`],
])('a profile of %j is the file %s', async (title, name) => {
  expect(await newProfileFile(storage, title, date)).toBe(path.join(storage, name));
});

it('makes room for the new profile by removing the oldest ones, and nothing else', async () => {
  const names = Array.from(
    { length: 22 },
    (_, index) =>
      `${index % 2 === 0 ? 'a' : 'z'}_2026-11-${String(index + 1).padStart(2, '0')}T00-00-00-000Z.cpuprofile`,
  );
  const partial = 'b_2026-10-01T00-00-00-000Z.cpuprofile.partial';
  const others = ['notes.txt', 'my own.cpuprofile'];
  for (const name of [...names, partial, ...others]) {
    await writeFile(path.join(storage, name), '');
  }
  await newProfileFile(storage, 'http', date);
  expect((await readdir(storage)).sort()).toEqual([...names.slice(3), ...others].sort());
});
