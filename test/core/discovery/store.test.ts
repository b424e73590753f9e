import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFileTree } from '../../../src/core/discovery/file-tree';
import {
  bentomlHome,
  parseBento,
  storeBentos,
  type StoreBento,
} from '../../../src/core/discovery/store';
import { ListLog, temporaryFolder } from './temporary-folder';

const list = (home: string, limit?: number, log = new ListLog()): Promise<readonly StoreBento[]> =>
  storeBentos({ home, files: nodeFileTree, log, ...(limit === undefined ? {} : { limit }) });

describe('a store that BentoML 1.4.38 and 1.1.11 wrote', () => {
  const home = join(import.meta.dirname, '../../fixtures/store');

  test('is listed with components and generations', async () => {
    const found = await list(home);
    const search = found.find(({ name }) => name.startsWith('search:'));
    expect(search).toEqual({
      id: 'store:search:7qffklhg3gu3kax4',
      name: 'search:7qffklhg3gu3kax4',
      folder: '',
      source: 'store',
      reference: 'search:7qffklhg3gu3kax4',
      workingDir: join(home, 'bentos/search/7qffklhg3gu3kax4'),
      generation: 'service',
      latest: true,
      bentomlVersion: '1.4.38',
      components: [
        { kind: 'service', name: 'Embedder' },
        { kind: 'service', name: 'Ranker' },
        { kind: 'http', name: 'Search' },
      ],
    });
    const legacy = found.filter(({ generation }) => generation === 'legacy');
    expect(legacy.map(({ bentomlVersion }) => bentomlVersion).sort()).toEqual(['1.1.11', '1.4.38']);
    for (const { components } of legacy) {
      expect(components).toEqual([
        { kind: 'runner', name: 'upper' },
        { kind: 'runner', name: 'count' },
        { kind: 'http', name: 'shout' },
      ]);
    }
    expect(legacy.filter(({ latest }) => latest)).toHaveLength(1);
  });
});

test('lists the newest first, and no more than the limit', async () => {
  const home = await temporaryFolder({
    'bentos/a/latest': 'two',
    ...Object.fromEntries(
      ['one', 'two', 'six'].map((v) => [`bentos/a/${v}/bento.yaml`, 'runners: []']),
    ),
    'bentos/b/only/bento.yaml': 'services: [{name: S}]',
  });
  for (const [index, version] of ['one', 'two', 'six'].entries()) {
    await utimes(join(home, `bentos/a/${version}/bento.yaml`), 1_000 + index, 1_000 + index);
  }
  expect((await list(home)).map(({ name }) => name)).toEqual(['a:six', 'a:two', 'a:one', 'b:only']);
  expect((await list(home, 2)).map(({ name }) => name)).toEqual(['a:two', 'b:only']);
});

test('what is no bento is skipped', async () => {
  const log = new ListLog();
  const home = await temporaryFolder({
    'bentos/file': '',
    'bentos/--host/x/bento.yaml': 'runners: []',
    'bentos/a b/x/bento.yaml': 'runners: []',
    'bentos/a/empty/other': '',
    'bentos/a/broken/bento.yaml': 'runners: [\n',
    'bentos/a/large/bento.yaml': '#'.repeat(1024 * 1024 + 1),
    'bentos/a/good/bento.yaml': 'runners: nonsense\nservices: 7\nbentoml_version: [1]\n',
  });
  expect(await list(home, undefined, log)).toMatchObject([
    { name: 'a:good', generation: 'legacy', latest: false, components: [{ kind: 'http' }] },
  ]);
  expect(log.lines.join()).toContain('broken');
});

test('a store that is not there is empty', async () => {
  expect(await list('/nowhere/at/all')).toEqual([]);
});

test.each([
  [{}, '/home/me/bentoml'],
  [{ BENTOML_HOME: '' }, '/home/me/bentoml'],
  [{ BENTOML_HOME: '/data/b' }, '/data/b'],
  [{ BENTOML_HOME: '~/b' }, '/home/me/b'],
  [{ BENTOML_HOME: '~' }, '/home/me'],
])('BENTOML_HOME %j', (env, expected) => {
  expect(bentomlHome(env, '/home/me')).toBe(expected);
});

test.each([
  ['services: [{name: a}, {name: b}, {name: a}]', ['a', 'b', 'x']],
  ['runners: [{name: a}, {name: a}]', ['a', 'x']],
])('a component that is listed twice is one: %s', (content, expected) => {
  expect(parseBento(content, 'x').components.map(({ name }) => name)).toEqual(expected);
});

test('a large schema costs nothing', () => {
  const schema = `schema:\n${'  key:\n  - name: runners\n'.repeat(20_000)}`;
  const start = performance.now();
  const { components } = parseBento(`${schema}runners:\n- name: r\n${schema}`, 'b');
  expect(components).toHaveLength(2);
  expect(performance.now() - start).toBeLessThan(200);
});
