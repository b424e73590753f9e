import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { discoverFolder } from '../../support/discover-folder';
import type { DiscoveredBento } from '../../../src/core/discovery/discovered-bento';
import { nodeFileTree } from '../../../src/core/discovery/files/file-tree';
import { storeBentos, type StoreBento } from '../../../src/core/discovery/store';
import type { BentoEntry } from '../../../src/core/settings/serve-settings';
import { classService, entry, legacyService, ListLog, temporaryFolder } from './temporary-folder';

const log = new ListLog();
const store = (): Promise<readonly StoreBento[]> =>
  storeBentos({
    home: join(import.meta.dirname, '../../fixtures/store'),
    files: nodeFileTree,
    log,
  });

const discover = async (
  folder: string,
  entries: readonly BentoEntry[],
  idPrefix?: string,
): Promise<readonly DiscoveredBento[]> =>
  discoverFolder({
    ...{ folder, exclude: [], entries, log, store: await store() },
    ...(idPrefix === undefined ? {} : { idPrefix }),
  });

const files = {
  'p/bentofile.yaml': 'service: service:Main\n',
  'p/service.py':
    'import bentoml\n@bentoml.service\nclass Dep: pass\n@bentoml.service\nclass Main:\n  d = bentoml.depends(Dep)\n',
  'q/service.py': legacyService('q'),
};

describe('an entry becomes the bento it names', () => {
  test.each<[string, string, string, Partial<DiscoveredBento>]>([
    ['by its id', 'p/service.py:Main', '.', { id: 'p/service.py:Main', source: 'project' }],
    ['by its id with a dot', './p/service.py:Main', '.', { id: 'p/service.py:Main' }],
    ['by its id on Windows', 'p\\service.py:Main', '.', { id: 'p/service.py:Main' }],
    ['by its directory', '.', 'p', { id: 'p/service.py:Main', reference: 'service:Main' }],
    ['by its directory below', 'p', '.', { id: 'p/service.py:Main', reference: 'service:Main' }],
    ['by a directory with service.py', 'q', '.', { id: 'q/service.py:svc', source: 'file' }],
    [
      'by module and attribute',
      'service:Main',
      'p',
      { id: 'p/service.py:Main', source: 'project' },
    ],
    ['by file and attribute', 'service.py:svc', 'q', { id: 'q/service.py:svc', source: 'file' }],
    ['by module', 'service', 'q', { id: 'q/service.py:svc', source: 'file' }],
    [
      'by another way to it',
      'p.service:Main',
      '.',
      { id: 'p/service.py:Main', reference: 'p.service:Main' },
    ],
    [
      'by its tag',
      'shout:agwdj4hg3kzjsax4',
      '.',
      { id: 'store:shout:agwdj4hg3kzjsax4', source: 'store' },
    ],
    ['by the latest tag', 'shout:latest', '.', { id: 'store:shout:7zzqqghg3g456ax4' }],
    ['by its name in the store', 'search', '.', { id: 'store:search:7qffklhg3gu3kax4' }],
    ['by the id of the store', 'store:search:7qffklhg3gu3kax4', '.', { source: 'store' }],
  ])('%s', async (_, bento, workingDir, expected) => {
    const folder = await temporaryFolder(files);
    const found = await discover(folder, [entry(bento, join(folder, workingDir), 'mine')]);
    const mine = found.filter(({ entry: index }) => index !== undefined);
    expect(mine).toHaveLength(1);
    expect(mine[0]).toMatchObject({ ...expected, name: 'mine', folder, entry: 0 });
    expect(found).toHaveLength(
      expected.id?.startsWith('store:') === true || expected.source === 'store' ? 3 : 2,
    );
  });

  test('by its directory it is served by its build file, by module and attribute it is not', async () => {
    const folder = await temporaryFolder(files);
    const buildFileOf = async (bento: string): Promise<string | undefined> => {
      const found = await discover(folder, [entry(bento, join(folder, 'p'))]);
      return found.find(({ entry: index }) => index === 0)?.buildFile;
    };
    expect(await buildFileOf('.')).toBe(join(folder, 'p/bentofile.yaml'));
    expect(await buildFileOf('service:Main')).toBeUndefined();
  });

  test('by its id with and without the prefix', async () => {
    const folder = await temporaryFolder(files);
    for (const id of ['f/p/service.py:Main', 'p/service.py:Main']) {
      const found = await discover(folder, [entry(id, folder)], 'f');
      expect(found[0]).toMatchObject({ id: 'f/p/service.py:Main', name: 'Main', entry: 0 });
    }
  });
});

describe('an entry that names none', () => {
  test('is a bento of the settings', async () => {
    const folder = await temporaryFolder(files);
    const found = await discover(folder, [
      entry('gone:svc', folder),
      entry('gone:svc', join(folder, 'q')),
    ]);
    expect(found.slice(2)).toEqual([
      {
        ...{ id: 'settings:gone:svc', name: 'gone:svc', folder, source: 'settings' },
        ...{ reference: 'gone:svc', workingDir: folder, components: [], entry: 0 },
      },
      expect.objectContaining({
        id: 'q/settings:gone:svc',
        workingDir: join(folder, 'q'),
        entry: 1,
      }),
    ]);
  });

  test('may name a service that is otherwise a component', async () => {
    const folder = await temporaryFolder(files);
    const found = await discover(folder, [entry('service:Dep', join(folder, 'p'))]);
    expect(found[2]).toMatchObject({
      ...{
        id: 'p/service.py:Dep',
        name: 'Dep',
        source: 'settings',
        line: 2,
        generation: 'service',
      },
    });
  });

  test('may name a file outside of the folder', async () => {
    const other = await temporaryFolder({ 'service.py': classService('Far') });
    const folder = await temporaryFolder({});
    const found = await discover(folder, [entry('service:Far', other)]);
    expect(found).toMatchObject([
      {
        name: 'Far',
        source: 'settings',
        file: join(other, 'service.py'),
        line: 3,
        workingDir: other,
      },
    ]);
    expect(found[0]?.id).toMatch(/^\.\.\/.*\/service\.py:Far$/);
  });
});

test('a second entry for one bento stands beside it', async () => {
  const folder = await temporaryFolder(files);
  const twice = ['blue', 'blue', undefined].map((name) => entry('q/service.py:svc', folder, name));
  const found = await discover(folder, twice);
  expect(found.map(({ id, name, entry: index }) => [id, name, index])).toEqual([
    ['p/service.py:Main', 'Main', undefined],
    ['q/service.py:svc', 'blue', 0],
    ['q/service.py:svc#blue', 'blue', 1],
    ['q/service.py:svc#3', 'blue', 2],
  ]);
});

test.each([
  '__proto__',
  '',
  ':',
  'a:b:c',
  '../../etc/passwd:x',
  '/etc/passwd.py:x',
  '\0',
  'x'.repeat(300),
])('an entry %j does no harm', async (bento) => {
  const folder = await temporaryFolder({});
  const found = await discover(folder, [entry(bento, folder)]);
  expect(found).toMatchObject([{ source: 'settings', reference: bento, components: [] }]);
});
