import { chmod, mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { discoverFolder } from '../../support/discover-folder';
import type { DiscoveredBento } from '../../../src/core/discovery/discovered-bento';
import { classService, legacyService, ListLog, temporaryFolder } from './temporary-folder';

const discover = (
  folder: string,
  options: { idPrefix?: string; exclude?: string[]; log?: ListLog; signal?: AbortSignal } = {},
): Promise<readonly DiscoveredBento[]> =>
  discoverFolder({ folder, exclude: [], entries: [], log: new ListLog(), ...options });

const ids = (bentos: readonly DiscoveredBento[]): string[] => bentos.map(({ id }) => id);

describe('the samples', () => {
  const samples = join(import.meta.dirname, '../../../samples');

  test('are one project each, with their components', async () => {
    const found = await discover(samples);
    expect(found).toEqual([
      {
        id: 'search/service.py:Search',
        name: 'Search',
        folder: samples,
        source: 'project',
        reference: 'service:Search',
        workingDir: join(samples, 'search'),
        buildFile: join(samples, 'search/bentofile.yaml'),
        buildFiles: [join(samples, 'search/bentofile.yaml')],
        file: join(samples, 'search/service.py'),
        line: expect.any(Number) as number,
        generation: 'service',
        components: [
          { kind: 'service', name: 'Embedder' },
          { kind: 'service', name: 'Ranker' },
          { kind: 'http', name: 'Search' },
        ],
      },
      expect.objectContaining({
        id: 'shout/service.py:svc',
        name: 'shout',
        source: 'project',
        reference: 'service:svc',
        generation: 'legacy',
        components: [
          { kind: 'runner', name: 'upper' },
          { kind: 'runner', name: 'count' },
          { kind: 'http', name: 'shout' },
        ],
      }),
    ]);
  });
});

describe('projects', () => {
  test.each<[string, Record<string, string>, Partial<DiscoveredBento>]>([
    [
      'bentofile.yml with a name',
      { 'p/bentofile.yml': 'service: service:A\nname: mine\n', 'p/service.py': classService('A') },
      { id: 'p/service.py:A', name: 'mine', reference: 'service:A', source: 'project', line: 3 },
    ],
    [
      'pyproject.toml, named by the project',
      {
        'pyproject.toml':
          '[project]\nname = "whole"\n[tool.bentoml.build]\nservice = "a.b:A"\ninclude = ["*.py"]\n',
        'a/b.py': classService('A'),
      },
      { id: 'a/b.py:A', name: 'whole', reference: 'a.b:A' },
    ],
    [
      'pyproject.toml in the src layout',
      {
        'pyproject.toml': '[tool.bentoml.build]\nservice = "pkg:A"\nname = "n"\n',
        'src/pkg/__init__.py': classService('A'),
      },
      { id: 'src/pkg/__init__.py:A', name: 'n', reference: 'pkg:A' },
    ],
    [
      'a bentofile that leaves the service to service.py',
      { 'bentofile.yaml': 'labels: {a: b}\n', 'service.py': classService('A') },
      { id: 'service.py:A', name: 'A', reference: 'service:A', source: 'project' },
    ],
    [
      'a module without the attribute',
      { 'bentofile.yaml': 'service: service\n', 'service.py': legacyService('x') },
      { id: 'service.py:svc', name: 'x', reference: 'service' },
    ],
    [
      'a file name as reference',
      { 'bentofile.yaml': 'service: ./a/x.py:svc\n', 'a/x.py': legacyService('x') },
      { id: 'a/x.py:svc', name: 'x', reference: './a/x.py:svc' },
    ],
    [
      'a service that only running would tell',
      { 'bentofile.yaml': 'service: service:svc\n', 'service.py': 'svc = make()\n' },
      { id: 'service.py:svc', name: 'svc', components: [] },
    ],
    [
      'a service that is not there',
      { 'p/bentofile.yaml': 'service: nothing:svc\n' },
      { id: 'p/bentofile.yaml', name: 'p', reference: 'nothing:svc' },
    ],
    [
      'both files: the bentofile',
      {
        'bentofile.yaml': 'service: service:svc\nname: yaml\n',
        'pyproject.toml': '[tool.bentoml.build]\nservice = "service:svc"\nname = "toml"\n',
        'service.py': legacyService('x'),
      },
      { id: 'service.py:svc', name: 'yaml' },
    ],
    [
      'a bentofile without service beside a pyproject.toml with one',
      {
        'bentofile.yaml': 'name: yaml\n',
        'pyproject.toml': '[tool.bentoml.build]\nservice = "other:svc"\n',
        'other.py': legacyService('x'),
      },
      { id: 'other.py:svc', name: 'x' },
    ],
    [
      'two that name one service: the nearest',
      {
        'bentofile.yaml': 'service: a.service:svc\nname: far\n',
        'a/bentofile.yaml': 'service: service:svc\nname: near\n',
        'a/service.py': legacyService('x'),
      },
      { id: 'a/service.py:svc', name: 'near', reference: 'service:svc' },
    ],
  ])('%s', async (_, files, expected) => {
    const folder = await temporaryFolder(files);
    const found = await discover(folder);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject(expected);
  });

  test.each<[string, Record<string, string>]>([
    ['a pyproject.toml of something else', { 'pyproject.toml': '[project]\nname = "bentoml-x"\n' }],
    ['an empty bentofile without service.py', { 'bentofile.yaml': '' }],
    ['a bentofile that is a list', { 'bentofile.yaml': '- a\n' }],
  ])('%s is none', async (_, files) => {
    expect(await discover(await temporaryFolder(files))).toEqual([]);
  });

  test.each([
    ['bentofile.yaml', 'service: [\n'],
    [
      'bentofile.yaml',
      `a: &a [x]\n${Array.from({ length: 200 }, (_, key) => `b${key.toString()}: [*a, *a]\n`).join('')}`,
    ],
    ['pyproject.toml', '[tool.bentoml.build\n'],
  ])('%s that cannot be read is told in the log', async (name, content) => {
    const log = new ListLog();
    const folder = await temporaryFolder({ [name]: content, 'service.py': legacyService('x') });
    const found = await discover(folder, { log });
    expect(ids(found)).toEqual(['service.py:svc']);
    expect(log.lines.join()).toContain(`warn Cannot read ${join(folder, name)}`);
  });
});

describe('files', () => {
  test('several services in one; those that are only depended on are components', async () => {
    const folder = await temporaryFolder({
      'sub/all.py':
        'import bentoml\n' +
        '@bentoml.service\nclass C: pass\n' +
        '@bentoml.service(name="bee")\nclass B:\n  c = bentoml.depends(C)\n' +
        '@bentoml.service\nclass A:\n  b = bentoml.depends(B)\n  c = bentoml.depends(C)\n' +
        'old = bentoml.Service("old")\n',
    });
    const found = await discover(folder);
    expect(ids(found)).toEqual(['sub/all.py:A', 'sub/all.py:old']);
    expect(found[0]).toMatchObject({
      source: 'file',
      reference: 'all:A',
      workingDir: join(folder, 'sub'),
      components: [
        { kind: 'service', name: 'C' },
        { kind: 'service', name: 'bee' },
        { kind: 'http', name: 'A' },
      ],
    });
  });

  test('services that depend on each other are all there, and it ends', async () => {
    const folder = await temporaryFolder({
      'a.py':
        'import bentoml\n@bentoml.service\nclass A:\n  b = bentoml.depends(B)\n@bentoml.service\nclass B:\n  a = bentoml.depends(A)\n',
    });
    expect(ids(await discover(folder))).toEqual(['a.py:A', 'a.py:B']);
  });

  test('dependencies in other files are components too', async () => {
    const folder = await temporaryFolder({
      'app/service.py':
        'import bentoml\nfrom ranker import Ranker\nfrom lib.embed import Embed\nfrom gone import Gone\n' +
        '@bentoml.service\nclass A:\n  r = bentoml.depends(Ranker)\n  e = bentoml.depends(Embed)\n  g = bentoml.depends(Gone)\n',
      'app/ranker.py': 'import bentoml\n@bentoml.service(name="rank")\nclass Ranker: pass\n',
      'app/lib/embed.py':
        'import bentoml\nfrom .base import Base\n@bentoml.service\nclass Embed:\n  b = bentoml.depends(Base)\n',
      'app/lib/base.py': classService('Base'),
    });
    const found = await discover(folder);
    const app = found.find(({ id }) => id === 'app/service.py:A');
    expect(app?.components.map(({ name }) => name)).toEqual(['rank', 'Base', 'Embed', 'A']);
  });

  test('in a package are served from above it, but not from outside the folder', async () => {
    const folder = await temporaryFolder({
      '__init__.py': '',
      'top.py': legacyService('top'),
      'x/a/__init__.py': legacyService('package'),
      'x/a/b/__init__.py': '',
      'x/a/b/c.py': legacyService('deep'),
    });
    const found = await discover(folder);
    expect(found.map(({ name, workingDir, reference }) => [name, workingDir, reference])).toEqual([
      ['top', folder, 'top:svc'],
      ['package', join(folder, 'x'), 'a:svc'],
      ['deep', join(folder, 'x'), 'a.b.c:svc'],
    ]);
  });

  test('a folder name leads the ids where there are several folders', async () => {
    const folder = await temporaryFolder({ 'a/b.py': legacyService('x') });
    expect(ids(await discover(folder, { idPrefix: 'models' }))).toEqual(['models/a/b.py:svc']);
  });

  test('names of any alphabet, with spaces', async () => {
    const folder = await temporaryFolder({ 'größe 大/ñ – x.py': legacyService('x') });
    expect(await discover(folder)).toMatchObject([
      { id: 'größe 大/ñ – x.py:svc', reference: 'ñ – x:svc' },
    ]);
  });

  test('larger than a megabyte are skipped, with a word in the log', async () => {
    const log = new ListLog();
    const folder = await temporaryFolder({
      'big.py': legacyService('x') + '#'.repeat(1024 * 1024),
    });
    expect(await discover(folder, { log })).toEqual([]);
    expect(log.lines).toEqual([`debug Skipped ${join(folder, 'big.py')}: it is larger than 1 MB.`]);
  });
});

describe('what is not looked at', () => {
  test('environments, caches, built things', async () => {
    const skipped = [
      '.venv',
      'venv',
      'node_modules',
      'a/site-packages',
      '__pycache__',
      '.git',
      'x/.tox',
    ];
    const more = ['.mypy_cache', 'build', 'dist', 'x.egg-info', 'my env', 'built/src'];
    const files = [...skipped, ...more].map(
      (name) => [`${name}/s.py`, legacyService('x')] as const,
    );
    const folder = await temporaryFolder({
      ...Object.fromEntries(files),
      'my env/pyvenv.cfg': '',
      'my env/lib/s.py': legacyService('x'),
      'built/bento.yaml': 'service: s:svc\n',
      'builder/s.py': legacyService('x'),
    });
    expect(ids(await discover(folder))).toEqual(['builder/s.py:svc']);
  });

  test.each<[string, string[]]>([
    ['**/tests', ['a/s.py', 'b/tests.py', 's.py', 'x/y.py']],
    ['tests', ['a/s.py', 'a/tests/s.py', 'b/tests.py', 's.py', 'x/y.py']],
    ['**/*.{py,pyc}', []],
    ['{a,x}/**', ['b/tests.py', 's.py', 'tests/s.py']],
    ['**/s.p?', ['b/tests.py', 'x/y.py']],
    ['a/', ['b/tests.py', 's.py', 'tests/s.py', 'x/y.py']],
    ['**/[!s].py', ['a/s.py', 'a/tests/s.py', 'b/tests.py', 's.py', 'tests/s.py']],
    ['**/[s].py', ['b/tests.py', 'x/y.py']],
    ['!a', ['a/s.py', 'a/tests/s.py', 'b/tests.py', 's.py', 'tests/s.py', 'x/y.py']],
    ['', ['a/s.py', 'a/tests/s.py', 'b/tests.py', 's.py', 'tests/s.py', 'x/y.py']],
  ])('files.exclude %j', async (glob, expected) => {
    const paths = ['a/s.py', 'a/tests/s.py', 'b/tests.py', 's.py', 'tests/s.py', 'x/y.py'];
    const folder = await temporaryFolder(
      Object.fromEntries(paths.map((path) => [path, legacyService('x')])),
    );
    const found = ids(await discover(folder, { exclude: [glob] }));
    expect(found.sort()).toEqual(expected.map((path) => `${path}:svc`));
  });
});

describe.skipIf(process.platform === 'win32')('links and rights', () => {
  test('loops of links end, and nothing is found twice', async () => {
    const folder = await temporaryFolder({
      'a/s.py': legacyService('x'),
      'b/t.py': legacyService('y'),
    });
    await symlink(folder, join(folder, 'a/up'));
    await symlink(dirname(folder), join(folder, 'a/out'));
    await symlink(join(folder, 'b'), join(folder, 'a/b'));
    await symlink(join(folder, 'self'), join(folder, 'self'));
    await symlink(join(folder, 'gone'), join(folder, 'gone.py'));
    expect(ids(await discover(folder))).toEqual(['a/s.py:svc', 'b/t.py:svc']);
  });

  test('a link to a directory elsewhere is followed once, one to a file is read', async () => {
    const other = await temporaryFolder({
      's.py': legacyService('x'),
      'in/t.py': legacyService('y'),
    });
    await symlink(other, join(other, 'in/again'));
    const folder = await temporaryFolder({});
    await symlink(other, join(folder, 'one'));
    await symlink(join(other, 's.py'), join(folder, 'file.py'));
    expect(ids(await discover(folder))).toEqual(['file.py:svc', 'one/in/t.py:svc', 'one/s.py:svc']);
  });

  test('an unreadable directory is skipped with a word in the log', async () => {
    const log = new ListLog();
    const folder = await temporaryFolder({
      'a/s.py': legacyService('x'),
      's.py': legacyService('y'),
    });
    await mkdir(join(folder, 'closed'));
    await chmod(join(folder, 'closed'), 0);
    const found = await discover(folder, { log });
    expect(ids(found)).toEqual(['a/s.py:svc', 's.py:svc']);
    // The superuser may read everything.
    if (process.getuid?.() !== 0) expect(log.lines.join()).toContain('debug Skipped');
  });
});

test('a folder that is not there has no bentos', async () => {
  const log = new ListLog();
  expect(await discover('/nowhere/at/all', { log })).toEqual([]);
  expect(log.lines).toHaveLength(1);
});

test('500 files are all found', async () => {
  const files = Array.from({ length: 500 }, (_, index) => [
    `d${(index % 25).toString()}/f${index.toString()}.py`,
    index % 2 === 0 ? legacyService('x') : 'x = 1\n',
  ]);
  const folder = await temporaryFolder(Object.fromEntries(files) as Record<string, string>);
  expect(await discover(folder)).toHaveLength(250);
});

test('a signal ends it as cancelled', async () => {
  const folder = await temporaryFolder({ 's.py': legacyService('x') });
  await expect(discover(folder, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'cancelled',
  });
  const abort = new AbortController();
  const found = discover(folder, { signal: abort.signal });
  abort.abort();
  await expect(found).rejects.toMatchObject({ code: 'cancelled' });
});
