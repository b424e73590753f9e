import {
  access,
  lstat,
  mkdir,
  readdir,
  readFile,
  rename,
  symlink,
  unlink,
  utimes,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFileTree } from '../../../src/core/discovery/files/file-tree';
import { deleteVersion } from '../../../src/core/store/delete-version';
import { locateVersion } from '../../../src/core/store/locate-version';
import { ListLog, temporaryFolder } from '../discovery/temporary-folder';

const created = (day: number): string => `creation_time: '2026-01-0${day}T00:00:00+00:00'\n`;
const options = { files: nodeFileTree, log: new ListLog() };
const remove = async (
  home: string,
  tag: string,
  kind: 'bentos' | 'models' = 'bentos',
): Promise<void> => deleteVersion(await locateVersion(kind, tag, home), options);
const code = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'deleted',
    (error: unknown) => (error as { code?: string }).code,
  );
const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

describe('a version that is deleted', () => {
  it('leaves the newest of the others as the latest', async () => {
    const home = await temporaryFolder({
      'bentos/a/latest': 'three',
      'bentos/a/one/bento.yaml': created(1),
      'bentos/a/two/bento.yaml': created(2),
      'bentos/a/three/bento.yaml': created(3),
      'bentos/a/three/src/deep/service.py': '',
      'bentos/a/broken/bento.yaml': 'a: [\n',
    });
    await remove(home, 'a:three');
    expect((await readdir(join(home, 'bentos/a'))).sort()).toEqual([
      'broken',
      'latest',
      'one',
      'two',
    ]);
    expect(await readFile(join(home, 'bentos/a/latest'), 'utf8')).toBe('two');
  });

  it('takes its name with it when it was the last one', async () => {
    const home = await temporaryFolder({
      'models/m/latest': 'one',
      'models/m/one/model.yaml': created(1),
      'models/n/one/model.yaml': created(1),
    });
    await remove(home, 'm:one', 'models');
    expect(await readdir(join(home, 'models'))).toEqual(['n']);
  });

  it('leaves what somebody else has beside it', async () => {
    const home = await temporaryFolder({
      'bentos/a/one/bento.yaml': created(1),
      'bentos/a/notes.txt': 'mine',
    });
    await remove(home, 'a:one');
    expect(await readdir(join(home, 'bentos/a'))).toEqual(['notes.txt']);
  });
});

describe('links', () => {
  it('of a store, a name or a version: only the store may be one', async () => {
    const folder = await temporaryFolder({
      'real/bentos/a/one/bento.yaml': created(1),
      'outside/name/one/bento.yaml': created(1),
      'outside/version/bento.yaml': created(1),
    });
    const home = join(folder, 'home');
    await symlink(join(folder, 'real'), home);
    await symlink(join(folder, 'outside/name'), join(home, 'bentos/linked'));
    await symlink(join(folder, 'outside/version'), join(home, 'bentos/a/linked'));
    expect(await code(remove(home, 'linked:one'))).toBe('not-found');
    expect(await code(remove(home, 'a:linked'))).toBe('not-found');
    expect(await code(remove(home, 'a:one'))).toBe('deleted');
    expect(await exists(join(folder, 'outside/name/one/bento.yaml'))).toBe(true);
    expect(await exists(join(folder, 'outside/version/bento.yaml'))).toBe(true);
    // BentoML lists it, and so it is the latest now.
    expect(await readFile(join(home, 'bentos/a/latest'), 'utf8')).toBe('linked');
  });

  it('in a version are deleted, and not what they lead to', async () => {
    const home = await temporaryFolder({ 'bentos/a/one/bento.yaml': created(1), 'mine/x': '1' });
    await symlink(join(home, 'mine'), join(home, 'bentos/a/one/data'));
    await remove(home, 'a:one');
    expect(await exists(join(home, 'mine/x'))).toBe(true);
  });

  it('to what says the latest are replaced', async () => {
    const home = await temporaryFolder({
      'bentos/a/one/bento.yaml': created(1),
      'bentos/a/two/bento.yaml': created(2),
      mine: 'precious',
    });
    await symlink(join(home, 'mine'), join(home, 'bentos/a/latest'));
    await remove(home, 'a:two');
    expect(await readFile(join(home, 'mine'), 'utf8')).toBe('precious');
    expect(await readFile(join(home, 'bentos/a/latest'), 'utf8')).toBe('one');
  });
});

describe('a store that changes meanwhile', () => {
  const store = (): Promise<string> =>
    temporaryFolder({
      'home/bentos/a/one/bento.yaml': created(1),
      'home/bentos/b/one/bento.yaml': created(1),
      'mine/a/one/bento.yaml': 'mine',
      'mine/a/one/precious': 'mine',
    });
  const isWhole = async (folder: string): Promise<boolean> =>
    (await exists(join(folder, 'mine/a/one/bento.yaml'))) &&
    (await exists(join(folder, 'mine/a/one/precious')));

  it('loses nothing through a linked folder of bentos', async () => {
    const folder = await store();
    await rename(join(folder, 'home/bentos'), join(folder, 'aside'));
    await symlink(join(folder, 'mine'), join(folder, 'home/bentos'));
    const error = await remove(join(folder, 'home'), 'a:one').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'store' });
    expect(String(error)).toContain(`home/bentos is a link to ${join(folder, 'mine')}`);
    expect(await isWhole(folder)).toBe(true);
  });

  it.each([
    ['bentos', 'home/bentos', 'mine'],
    ['its name', 'home/bentos/a', 'mine/a'],
    ['itself', 'home/bentos/a/one', 'mine/a/one'],
  ])('loses nothing when %s becomes a link after the question', async (_, path, target) => {
    const folder = await store();
    const version = await locateVersion('bentos', 'a:one', join(folder, 'home'));
    await rename(join(folder, path), join(folder, 'aside'));
    await symlink(join(folder, target), join(folder, path));
    expect(await code(deleteVersion(version, options))).toBe('store');
    expect(await isWhole(folder)).toBe(true);
    expect(await readdir(join(folder, 'home'))).toEqual(['bentos']);
  });

  it('loses nothing when another directory takes its place', async () => {
    const folder = await store();
    const version = await locateVersion('bentos', 'a:one', join(folder, 'home'));
    await rename(version.directory.path, join(folder, 'aside'));
    await rename(join(folder, 'mine/a/one'), version.directory.path);
    expect(await code(deleteVersion(version, options))).toBe('store');
    expect(await exists(join(version.directory.path, 'precious'))).toBe(true);
  });

  it('loses only what was meant while a name is switched back and forth', async () => {
    for (let round = 0; round < 30; round++) {
      const folder = await store();
      const name = join(folder, 'home/bentos/a');
      const version = await locateVersion('bentos', 'a:one', join(folder, 'home'));
      const race = { isOver: false };
      const switching = (async () => {
        while (!race.isOver) {
          await rename(name, join(folder, 'aside')).catch(() => undefined);
          await symlink(join(folder, 'mine/a'), name).catch(() => undefined);
          await unlink(name).catch(() => undefined);
          await rename(join(folder, 'aside'), name).catch(() => undefined);
        }
      })();
      await code(deleteVersion(version, options));
      race.isOver = true;
      await switching;
      // At the worst it was moved aside, and could not go back.
      const kept = await isWhole(folder);
      const aside = (await readdir(join(folder, 'home'))).filter((one) => one !== 'bentos');
      const moved = aside.map((one) => join(folder, 'home', one, 'one/precious'));
      const back = join(name, 'one/precious');
      const found = await Promise.all([...moved, back].map(exists));
      expect(kept || found.includes(true), `round ${round}`).toBe(true);
    }
  });

  it('has nothing left of an earlier deletion that was interrupted', async () => {
    const folder = await store();
    const home = join(folder, 'home');
    const [old, young] = ['old', 'young'].map((end) => join(home, `.serve-bento-deleting-${end}`));
    for (const path of [old ?? '', young ?? ''])
      await mkdir(join(path, 'one/src'), { recursive: true });
    const yesterday = new Date(Date.now() - 24 * 60 * 60_000);
    await utimes(old ?? '', yesterday, yesterday);
    await remove(home, 'a:one');
    expect(await exists(old ?? '')).toBe(false);
    expect((await lstat(young ?? '')).isDirectory()).toBe(true);
  });
});

it.each(['a:latest', 'a', 'a:..', '..:bentos', 'a:one/x', 'a:gone', ''])(
  'nothing is deleted for %j',
  async (tag) => {
    const home = await temporaryFolder({
      'bentos/a/latest': 'one',
      'bentos/a/one/bento.yaml': created(1),
      'bentos/a/one/x': '',
      other: '',
    });
    expect(await code(remove(home, tag))).toBe('not-found');
    expect(await exists(join(home, 'bentos/a/one/x'))).toBe(true);
  },
);

it('what the system refuses is told', async () => {
  // A directory in the place of the mark refuses everybody, whatever their rights.
  const home = await temporaryFolder({
    'bentos/a/latest/x': '',
    'bentos/a/one/bento.yaml': created(1),
    'bentos/a/two/bento.yaml': created(2),
  });
  const error = await remove(home, 'a:one').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'store' });
  expect(String(error)).toContain('a:one could not be deleted completely (');
});
