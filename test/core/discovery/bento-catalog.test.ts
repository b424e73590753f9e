import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BentoCatalog, type CatalogOptions } from '../../../src/core/discovery/bento-catalog';
import { nodeFileTree, type FileTree } from '../../../src/core/discovery/files/file-tree';
import { entry, legacyService, ListLog, temporaryFolder, write } from './temporary-folder';

/** Counts what is listed and read. */
class CountingFiles implements FileTree {
  readonly listed: string[] = [];
  readonly opened: string[] = [];
  readonly list: FileTree['list'] = (directory) => {
    this.listed.push(directory);
    return nodeFileTree.list(directory);
  };
  readonly read: FileTree['read'] = (path, limit) => {
    this.opened.push(path);
    return nodeFileTree.read(path, limit);
  };
  readonly kind: FileTree['kind'] = (path) => nodeFileTree.kind(path);
  readonly modified: FileTree['modified'] = (path) => nodeFileTree.modified(path);
  readonly realPath: FileTree['realPath'] = (path) => nodeFileTree.realPath(path);
}

function makeCatalog(folder: string, options: Partial<CatalogOptions> = {}) {
  const files = new CountingFiles();
  const log = new ListLog();
  const catalog = new BentoCatalog({ folder, exclude: [], entries: [], log, files, ...options });
  let changes = 0;
  catalog.onDidChange(() => changes++);
  onTestFinished(() => {
    catalog.dispose();
  });
  const ids = (): string[] => catalog.bentos.map(({ id }) => id);
  return { catalog, files, ids, changes: () => changes };
}

const two = { 'a.py': legacyService('a'), 'b.py': legacyService('b') };

describe('what is only watched', () => {
  test('stands beside what is in the folder, and goes with its setting', async () => {
    const folder = await temporaryFolder(two);
    const addresses = ['https://shop.example.com', 'grpc://10.0.0.5:3001'];
    const watched = [{ name: 'Production', addresses }];
    const { catalog, ids } = makeCatalog(folder, { watched, idPrefix: 'shop' });
    await catalog.refresh();
    expect(ids()).toEqual(['shop/a.py:svc', 'shop/b.py:svc', 'shop/watch:Production']);
    expect(catalog.bentos.at(-1)).toMatchObject({
      ...{ name: 'Production', folder, source: 'remote', addresses },
      components: addresses.map((name) => ({ kind: 'service', name, remote: true })),
    });
    await catalog.configure({ exclude: [], entries: [], idPrefix: 'shop' });
    expect(ids()).toEqual(['shop/a.py:svc', 'shop/b.py:svc']);
  });
});

describe('a changed file', () => {
  test('is read alone', async () => {
    const folder = await temporaryFolder(two);
    const { catalog, files, ids, changes } = makeCatalog(folder);
    await catalog.refresh();
    expect(ids()).toEqual(['a.py:svc', 'b.py:svc']);
    files.opened.length = files.listed.length = 0;
    await writeFile(join(folder, 'a.py'), legacyService('c', 'other'));
    await catalog.changed(join(folder, 'a.py'));
    expect(ids()).toEqual(['a.py:other', 'b.py:svc']);
    expect(files.opened).toEqual([join(folder, 'a.py')]);
    expect(files.listed).toEqual([]);
    expect(changes()).toBe(2);
  });

  test('without another result tells nobody', async () => {
    const folder = await temporaryFolder(two);
    const { catalog, changes } = makeCatalog(folder);
    const before = await catalog.refresh();
    await writeFile(join(folder, 'a.py'), legacyService('a') + '# more\n');
    await catalog.changed(join(folder, 'a.py'));
    await catalog.changed(join(folder, 'image.png'));
    await catalog.changed('/elsewhere/a.py');
    await catalog.refresh();
    expect(changes()).toBe(1);
    expect(catalog.bentos).toBe(before);
  });

  test('that is new, and one that is removed', async () => {
    const folder = await temporaryFolder(two);
    const { catalog, ids } = makeCatalog(folder);
    await catalog.refresh();
    await write(join(folder, 'n/c.py'), legacyService('c'));
    await catalog.changed(join(folder, 'n/c.py'));
    expect(ids()).toEqual(['a.py:svc', 'b.py:svc', 'n/c.py:svc']);
    await rm(join(folder, 'a.py'));
    await catalog.removed(join(folder, 'a.py'));
    expect(ids()).toEqual(['b.py:svc', 'n/c.py:svc']);
  });

  test('that makes a project or a package', async () => {
    const folder = await temporaryFolder({ 'p/s.py': legacyService('a') });
    const { catalog } = makeCatalog(folder);
    await catalog.refresh();
    expect(catalog.bentos).toMatchObject([{ source: 'file', reference: 's:svc' }]);
    await write(join(folder, 'p/__init__.py'), '');
    await catalog.changed(join(folder, 'p/__init__.py'));
    expect(catalog.bentos).toMatchObject([{ reference: 'p.s:svc', workingDir: folder }]);
    await write(join(folder, 'p/bentofile.yaml'), 'service: s:svc\nname: n\n');
    await catalog.changed(join(folder, 'p/bentofile.yaml'));
    expect(catalog.bentos).toMatchObject([{ id: 'p/s.py:svc', source: 'project', name: 'n' }]);
  });

  test('that is not to be looked at', async () => {
    const folder = await temporaryFolder({
      '.venv/lib/a.py': legacyService('a'),
      'env/pyvenv.cfg': '',
      'env/lib/a.py': legacyService('a'),
      'hidden/a.py': legacyService('a'),
    });
    const { catalog, ids } = makeCatalog(folder, { exclude: ['**/hidden'] });
    await catalog.changed(join(folder, '.venv/lib/a.py'));
    await catalog.changed(join(folder, 'env/lib/a.py'));
    await catalog.changed(join(folder, 'hidden/a.py'));
    expect(ids()).toEqual([]);
  });
});

test('a directory that comes or goes', async () => {
  const folder = await temporaryFolder({
    'd/a.py': legacyService('a'),
    'd2/b.py': legacyService('b'),
  });
  const { catalog, ids } = makeCatalog(folder);
  await catalog.refresh();
  await rm(join(folder, 'd'), { recursive: true });
  await catalog.removed(join(folder, 'd'));
  expect(ids()).toEqual(['d2/b.py:svc']);
  await write(join(folder, 'e/f/c.py'), legacyService('c'));
  await catalog.changed(join(folder, 'e'));
  expect(ids()).toEqual(['d2/b.py:svc', 'e/f/c.py:svc']);
  await write(join(folder, 'e/pyvenv.cfg'), '');
  await catalog.changed(join(folder, 'e/pyvenv.cfg'));
  expect(ids()).toEqual(['d2/b.py:svc']);
});

describe('refresh', () => {
  test('fifty at once are one', async () => {
    const folder = await temporaryFolder(two);
    const { catalog, files, changes } = makeCatalog(folder);
    await Promise.all(Array.from({ length: 50 }, () => catalog.refresh()));
    expect(files.listed).toEqual([folder]);
    expect(changes()).toBe(1);
  });

  test('one asked for while another runs comes after it and sees what is new', async () => {
    const folder = await temporaryFolder(two);
    const { catalog, files } = makeCatalog(folder);
    const first = catalog.refresh();
    while (files.opened.length === 0) await new Promise(setImmediate);
    await write(join(folder, 'c.py'), legacyService('c'));
    const later = await Promise.all([catalog.refresh(), catalog.refresh()]);
    await first;
    expect(later[0]).toHaveLength(3);
    expect(later[1]).toBe(later[0]);
    expect(files.listed).toHaveLength(2);
  });

  test('a change during it is not lost', async () => {
    const folder = await temporaryFolder(two);
    const { catalog, files, ids } = makeCatalog(folder);
    const refreshed = catalog.refresh();
    while (files.opened.length < 2) await new Promise(setImmediate);
    await writeFile(join(folder, 'a.py'), legacyService('z', 'z'));
    await Promise.all([refreshed, catalog.changed(join(folder, 'a.py'))]);
    expect(ids()).toEqual(['a.py:z', 'b.py:svc']);
  });

  test('who gives up does not end it for others', async () => {
    const folder = await temporaryFolder(two);
    const { catalog } = makeCatalog(folder);
    const abort = new AbortController();
    const one = catalog.refresh(abort.signal);
    const other = catalog.refresh();
    abort.abort();
    await expect(one).rejects.toMatchObject({ code: 'cancelled' });
    expect(await other).toHaveLength(2);
  });

  test('cancelled by all leaves the list as it was, and the next one works', async () => {
    const folder = await temporaryFolder(two);
    const { catalog, files, ids } = makeCatalog(folder);
    await catalog.refresh();
    await rm(join(folder, 'a.py'));
    const abort = new AbortController();
    const refreshed = catalog.refresh(abort.signal);
    while (files.listed.length < 2) await new Promise(setImmediate);
    abort.abort();
    await expect(refreshed).rejects.toMatchObject({ code: 'cancelled' });
    expect(ids()).toEqual(['a.py:svc', 'b.py:svc']);
    await catalog.refresh();
    expect(ids()).toEqual(['b.py:svc']);
  });

  test('after the end is cancelled', async () => {
    const { catalog } = makeCatalog(await temporaryFolder(two));
    catalog.dispose();
    await expect(catalog.refresh()).rejects.toMatchObject({ code: 'cancelled' });
  });
});

test('other settings read the folder again only when other files count', async () => {
  const folder = await temporaryFolder(two);
  const { catalog, files, ids } = makeCatalog(folder);
  await catalog.refresh();
  const entries = [entry('a.py:svc', folder, 'renamed')];
  await catalog.configure({ exclude: [], entries, idPrefix: 'f' });
  expect(ids()).toEqual(['f/a.py:svc', 'f/b.py:svc']);
  expect(catalog.bentos[0]).toMatchObject({ name: 'renamed', entry: 0, source: 'file' });
  expect(files.listed).toHaveLength(1);
  await catalog.configure({ exclude: ['a.py'], entries: [] });
  expect(ids()).toEqual(['b.py:svc']);
  expect(files.listed).toHaveLength(2);
});
