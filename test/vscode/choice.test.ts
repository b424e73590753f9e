import { describe, expect, it } from 'vitest';
import { allBentoFiles, bentosAt } from '../../src/vscode/sources/bento-files';
import { byRecency } from '../../src/vscode/sources/by-recency';
import { folderPrefixes } from '../../src/vscode/sources/folder-prefixes';
import { RecentBentos } from '../../src/vscode/sources/recent-bentos';
import { targetOf } from '../../src/vscode/commands/target';
import { matters } from '../../src/vscode/sources/watched-paths';
import { bento, discovered } from '../support/bentos';

describe('the argument of a command', () => {
  it.each([
    ['service.py:svc', { bento: 'service.py:svc' }],
    [{ kind: 'bento', bento: 'a' }, { bento: 'a' }],
    [
      { kind: 'component', bento: 'a', component: 'http' },
      { bento: 'a', component: 'http' },
    ],
    [{ kind: 'store' }, undefined],
    [{ scheme: 'file', path: '/a' }, undefined],
    [undefined, undefined],
    [null, undefined],
  ])('%j is %j', (argument, target) => {
    expect(targetOf(argument)).toEqual(target);
  });
});

describe('files that stand for a bento', () => {
  const project = discovered({
    ...{ id: 'p', workingDir: '/w/p', file: '/w/p/src/service.py' },
    buildFiles: ['/w/p/bentofile.yaml', '/w/p/deploy/bentofile-gpu.yaml'],
  });
  const file = discovered({ id: 'f', source: 'file', workingDir: '/w', file: '/w/a/b.py' });
  const other = discovered({ id: 'g', source: 'file', workingDir: '/w', file: '/w/a/b.py' });
  const built = discovered({ id: 's', source: 'store', workingDir: '/home/bentos/x' });
  const all = [project, file, other, built];
  const at = (path: string): readonly string[] => bentosAt(path, all).map(({ id }) => id);

  it.each([
    ['/w/p/src/service.py', ['p']],
    ['/w/p/src', ['p']],
    ['/w/p', ['p']],
    ['/w/p/bentofile.yaml', ['p']],
    ['/w/p/deploy/bentofile-gpu.yaml', ['p']],
    ['/w/p/pyproject.toml', []],
    ['/w/a/b.py', ['f', 'g']],
    ['/w/a', ['f', 'g']],
    ['/w', []],
    ['/w/pyproject.toml', []],
    ['/home/bentos/x', []],
  ])('%s is %j', (path, ids) => {
    expect(at(path)).toEqual(ids);
    expect(allBentoFiles(all).includes(path)).toBe(ids.length > 0);
  });
});

it('offers the last used first, and the store last', () => {
  const bentos = [
    bento({ id: 's', source: 'store' }),
    bento({ id: 'a' }),
    bento({ id: 'b' }),
    bento({ id: 'c' }),
  ];
  expect(byRecency(bentos, ['c', 'gone']).map(({ id }) => id)).toEqual(['c', 'a', 'b', 's']);
  expect(byRecency(bentos, []).map(({ id }) => id)).toEqual(['a', 'b', 'c', 's']);
});

it('remembers twenty bentos over reloads', () => {
  const store = new Map<string, unknown>();
  const recent = new RecentBentos({
    get: (key) => store.get(key),
    update: (key, value) => Promise.resolve(void store.set(key, value)),
  });
  for (let number = 0; number < 25; number++) recent.used(`b${number}`);
  recent.used('b20');
  expect(recent.ids).toHaveLength(20);
  expect(recent.ids.slice(0, 3)).toEqual(['b20', 'b24', 'b23']);
});

it('ids of several folders are led by names that differ', () => {
  const folders = [
    { name: 'x', path: '/1/x' },
    { name: 'x', path: '/2/x' },
    { name: 'y', path: '/y' },
  ];
  expect([...folderPrefixes(folders, true).values()]).toEqual(['x', 'x~2', 'y']);
  expect([...folderPrefixes(folders.slice(0, 1), true).values()]).toEqual(['x']);
  expect([...folderPrefixes(folders.slice(0, 1), false).values()]).toEqual([undefined]);
});

describe('a change on the disk', () => {
  it.each([
    ['/w/a/service.py', 'changed', true],
    ['/w/bentofile.yaml', 'created', true],
    ['/w/pyproject.toml', 'deleted', true],
    ['/w/env/pyvenv.cfg', 'created', true],
    ['/w/a', 'deleted', true],
    ['/w/a', 'created', true],
    ['/w/a', 'changed', false],
    ['/w/a/model.bin', 'created', false],
    ['/w/node_modules/x/y.py', 'created', false],
    ['/w/.venv/lib/z.py', 'changed', false],
    ['/w/.venv', 'deleted', false],
    ['/w/__pycache__', 'created', false],
  ] as const)('%s %s matters: %s', (path, change, expected) => {
    expect(matters('/w', path, change)).toBe(expected);
  });
});
