import { access, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFileTree } from '../../../src/core/discovery/file-tree';
import { deleteVersion } from '../../../src/core/store/delete-version';
import { ListLog, temporaryFolder } from '../discovery/temporary-folder';

const created = (day: number): string => `creation_time: '2026-01-0${day}T00:00:00+00:00'\n`;
const remove = (home: string, tag: string, kind: 'bentos' | 'models' = 'bentos'): Promise<void> =>
  deleteVersion(kind, tag, { home, files: nodeFileTree, log: new ListLog() });
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
  expect(String(error)).toContain('a:one could not be deleted whole (');
});
