import { relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isBuildFileName } from '../../../../src/core/discovery/build-file/build-file-names';
import { discoverFolder } from '../../../support/discover-folder';
import { classService, ListLog, temporaryFolder } from '../temporary-folder';

interface ProjectRow {
  readonly id: string;
  readonly name: string;
  readonly source: string;
  readonly reference: string;
  readonly in: string;
  readonly builds: readonly string[];
}

async function rows(files: Readonly<Record<string, string>>): Promise<readonly ProjectRow[]> {
  const folder = await temporaryFolder(files);
  const found = await discoverFolder({ folder, exclude: [], entries: [], log: new ListLog() });
  return found.map(({ id, name, source, reference, workingDir, buildFiles = [] }) => ({
    ...{ id, name, source, reference },
    in: relative(folder, workingDir),
    builds: buildFiles.map((path) => relative(folder, path)),
  }));
}

const greeter = classService('Greeter');
const packaged = { 'greeting/__init__.py': '', 'greeting/service.py': greeter };
const build = 'service: "greeting.service:Greeter"\n';
const inPackage = {
  id: 'greeting/service.py:Greeter',
  name: 'Greeter',
  source: 'project',
  reference: 'greeting.service:Greeter',
  in: '',
};

describe('a build file makes one row that works', () => {
  test.each<[string, Record<string, string>, readonly ProjectRow[]]>([
    [
      'below the root it is built in',
      { ...packaged, 'deploy/bentofile.yaml': build },
      [{ ...inPackage, builds: ['deploy/bentofile.yaml'] }],
    ],
    [
      'far below it',
      { ...packaged, 'ops/cloud/eu/bentofile.yaml': build },
      [{ ...inPackage, builds: ['ops/cloud/eu/bentofile.yaml'] }],
    ],
    [
      'inside the package that it serves',
      { ...packaged, 'greeting/bentofile.yaml': build },
      [{ ...inPackage, builds: ['greeting/bentofile.yaml'] }],
    ],
    [
      'in its own directory, also where one above has a module of the same name',
      { 'service.py': greeter, 'a/service.py': greeter, 'a/bentofile.yaml': 'service: service\n' },
      [
        {
          ...{ id: 'a/service.py:Greeter', name: 'Greeter', source: 'project' },
          ...{ reference: 'service', in: 'a', builds: ['a/bentofile.yaml'] },
        },
        {
          ...{ id: 'service.py:Greeter', name: 'Greeter', source: 'file' },
          ...{ reference: 'service:Greeter', in: '', builds: [] },
        },
      ],
    ],
    [
      'for a service that the package only imports',
      {
        'parts/__init__.py': 'from .echo import Greeter\n',
        'parts/echo.py': greeter,
        'bentofile.yaml': 'service: parts:Greeter\n',
      },
      [
        {
          ...{ id: 'parts/echo.py:Greeter', name: 'Greeter', source: 'project' },
          ...{ reference: 'parts:Greeter', in: '', builds: ['bentofile.yaml'] },
        },
      ],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await rows(files)).toEqual(expected);
  });
});

describe('several build files of one service', () => {
  const service = { 'service.py': greeter };
  const own = 'service: "service:Greeter"\n';

  test.each<[string, Record<string, string>, readonly (readonly [string, string, string])[]]>([
    [
      'are one row, with the one that BentoML reads first',
      {
        ...service,
        'bentofile-gpu.yaml': `${own}docker:\n  cuda_version: "12"\n`,
        'bentofile.yaml': own,
        'cpu.bentofile.yaml': own,
      },
      [['service.py:Greeter', 'Greeter', 'bentofile.yaml bentofile-gpu.yaml cpu.bentofile.yaml']],
    ],
    [
      'count also where their arguments cannot be read',
      { ...service, 'bentofile.yaml': `${own}name: named\nargs: *nowhere\n` },
      [['service.py:Greeter', 'named', 'bentofile.yaml']],
    ],
    [
      'are rows of their own where their model aliases differ',
      {
        ...service,
        'bentofile.yaml': `${own}models:\n  - tag: iris:small\n    alias: iris\n  - other:latest\n`,
        'bentofile-large.yaml': `${own}models: [{tag: "iris:large", alias: iris}]\n`,
        'bentofile-same.yaml': `${own}models: [{alias: iris, tag: "iris:small"}, {tag: more}]\n`,
      },
      [
        [
          'service.py:Greeter',
          'Greeter',
          'bentofile.yaml bentofile-large.yaml bentofile-same.yaml',
        ],
        [
          'service.py:Greeter#bentofile-large.yaml',
          'Greeter (bentofile-large.yaml)',
          'bentofile-large.yaml bentofile.yaml bentofile-same.yaml',
        ],
      ],
    ],
    [
      'are rows of their own where their arguments differ',
      {
        ...service,
        'bentofile.yaml': own,
        'bentofile-large.yaml': `${own}args:\n  size: large\n`,
        'bentofile-big.yaml': `${own}args: {size: large}\n`,
        'bentofile-named.yaml': `${own}name: named\nargs: {size: 3}\n`,
      },
      [
        [
          'service.py:Greeter',
          'Greeter',
          'bentofile.yaml bentofile-big.yaml bentofile-large.yaml bentofile-named.yaml',
        ],
        [
          'service.py:Greeter#bentofile-big.yaml',
          'Greeter (bentofile-big.yaml)',
          'bentofile-big.yaml bentofile.yaml bentofile-large.yaml bentofile-named.yaml',
        ],
        [
          'service.py:Greeter#bentofile-named.yaml',
          'named',
          'bentofile-named.yaml bentofile.yaml bentofile-big.yaml bentofile-large.yaml',
        ],
      ],
    ],
    [
      'of different services are a row for each',
      {
        'service.py': `${greeter}\n@bentoml.service\nclass Other: pass\n`,
        'bentofile.yaml': own,
        'bentofile.other.yml': 'service: service:Other\n',
      },
      [
        ['service.py:Greeter', 'Greeter', 'bentofile.yaml'],
        ['service.py:Other', 'Other', 'bentofile.other.yml'],
      ],
    ],
  ])('%s', async (_, files, expected) => {
    const found = await rows(files);
    expect(found.map(({ id, name, builds }) => [id, name, builds.join(' ')])).toEqual(expected);
  });
});

test.each([
  ...['service: service:Nope', 'service: service.py:Nope', 'service: "service:Nope.x"'],
  ...['service: service:greeter', 'service: service:Nope\nname: x'],
])('%j, which is not there, is no row that serves something else', async (text) => {
  const found = await rows({ 'service.py': greeter, 'bentofile.yaml': text });
  expect(found.map(({ id, source }) => [id, source])).toEqual([['service.py:Greeter', 'file']]);
});

test.each([
  ['globals()["Made"] = 1', 'Made'],
  ['Made, other = make()', 'Made'],
  ['for Made in make(): pass', 'Made'],
  ['with make() as Made: pass', 'Made'],
  ['from elsewhere import *', 'Made'],
  ['def f():\n    global Made\n    Made = 1', 'Made'],
  ['if (Made := make()): pass', 'Made'],
  ['def __getattr__(name): return make()', 'Made'],
  ['Made = make()', 'Made'],
])('a service that may be there keeps its row: %j', async (text, name) => {
  const found = await rows({
    'service.py': `import bentoml\n${text}\n`,
    'bentofile.yaml': `service: service:${name}\n`,
  });
  expect(found.map(({ id }) => id)).toEqual([`service.py:${name}`]);
});

test.each([
  ['bentofile.yaml', true],
  ['bentofile.yml', true],
  ['bentofile-gpu.yaml', true],
  ['bentofile_cpu.yml', true],
  ['bentofile.dev.yaml', true],
  ['gpu.bentofile.yaml', true],
  ['gpu-bentofile.yaml', true],
  ['pyproject.toml', true],
  ['mybentofile.yaml', false],
  ['bentofiles.yaml', false],
  ['bentofile.yaml.j2', false],
  ['bentofile.json', false],
  ['bento.yaml', false],
])('%s is a build file: %s', (name, expected) => {
  expect(isBuildFileName(name)).toBe(expected);
});
