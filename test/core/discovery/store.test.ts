import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeFileTree } from '../../../src/core/discovery/files/file-tree';
import {
  bentomlHome,
  storeBentos,
  storeModels,
  type StoreBento,
} from '../../../src/core/discovery/store';
import { parseBento } from '../../../src/core/discovery/store-descriptions';
import { tagParts } from '../../../src/core/discovery/store-versions';
import { ListLog, temporaryFolder } from './temporary-folder';
import { processorTime } from '../../support/processor-time';

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
      created: Date.parse('2026-11-23T01:05:36.427Z'),
      models: [],
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
  const start = processorTime();
  const { components } = parseBento(`${schema}runners:\n- name: r\n${schema}`, 'b');
  expect(components).toHaveLength(2);
  expect(processorTime() - start).toBeLessThan(1_000);
});

describe('the models of a store', () => {
  const models = (home: string): ReturnType<typeof storeModels> =>
    storeModels({ home, files: nodeFileTree, log: new ListLog() });

  test('are listed with what saved them, the newest of each first', async () => {
    const home = await temporaryFolder({
      'models/iris/latest': 'two\n',
      'models/iris/one/model.yaml':
        "module: bentoml.sklearn\ncontext:\n  bentoml_version: 1.3.22\ncreation_time: '2026-01-01T00:00:00+00:00'",
      'models/iris/two/model.yaml': "module: ''\ncreation_time: '2026-01-02 00:00:00+00:00'",
      'models/iris/half/weights.bin': '',
      'models/broken/x/model.yaml': 'a: [\n',
    });
    expect(await models(home)).toEqual([
      {
        tag: 'iris:two',
        directory: join(home, 'models/iris/two'),
        latest: true,
        created: Date.UTC(2026, 0, 2),
      },
      {
        tag: 'iris:one',
        directory: join(home, 'models/iris/one'),
        latest: false,
        created: Date.UTC(2026, 0, 1),
        module: 'bentoml.sklearn',
        bentomlVersion: '1.3.22',
      },
    ]);
  });

  test('that a bento needs are those of the store that it does not carry with it', async () => {
    const yaml =
      'models: [{tag: "a:1"}, {tag: "hub:2", registry: huggingface}, 7]\nservices: [{name: S, models: [{tag: "b:1"}]}, {name: T}]';
    const home = await temporaryFolder({
      'bentos/needs/x/bento.yaml': yaml,
      'bentos/carries/x/bento.yaml': yaml,
      'bentos/carries/x/models/a/latest': '1',
    });
    const found = (await list(home)).map(({ name, models: used }) => [name, used]);
    expect(found).toEqual([
      ['carries:x', []],
      ['needs:x', ['a:1', 'b:1']],
    ]);
  });
});

test('what was made counts before what was written', async () => {
  const home = await temporaryFolder({
    'bentos/a/old/bento.yaml': "creation_time: '2026-01-01T00:00:00+00:00'",
    'bentos/a/new/bento.yaml': "creation_time: '2026-01-02T00:00:00+00:00'",
    'bentos/a/unsaid/bento.yaml': 'creation_time: [1]',
  });
  await utimes(join(home, 'bentos/a/new/bento.yaml'), 1_000, 1_000);
  await utimes(join(home, 'bentos/a/unsaid/bento.yaml'), 2_000, 2_000);
  expect((await list(home)).map(({ name, created }) => [name, created])).toEqual([
    ['a:new', Date.UTC(2026, 0, 2)],
    ['a:old', Date.UTC(2026, 0, 1)],
    ['a:unsaid', 2_000_000],
  ]);
});

test.each([
  ['iris:abc123', { name: 'iris', version: 'abc123' }],
  ['iris:latest', undefined],
  ['iris', undefined],
  ['iris:', undefined],
  ['iris:a:b', undefined],
  ['../x:y', undefined],
  ['x:..', undefined],
  ['x:a/b', undefined],
])('of the tag %s the parts are %o', (tag, parts) => {
  expect(tagParts(tag)).toEqual(parts);
});
