import { describe, expect, it } from 'vitest';
import type { StoreBento } from '../../../src/core/discovery/store';
import type { StoreModel } from '../../../src/core/discovery/store-model';
import type { Bento } from '../../../src/core/model';
import { versionOf, type StoreNode } from '../../../src/vscode/store/store-node';
import { StoreRows, type StoreRowsContext } from '../../../src/vscode/store/store-rows';
import { bento, component, discovered } from '../../support/bentos';
import { english } from '../../support/english';

const now = Date.UTC(2026, 0, 10);
const day = 24 * 3_600_000;

const built = (tag: string, values: Partial<StoreBento> = {}): StoreBento => ({
  ...discovered({ id: `store:${tag}`, name: tag, reference: tag }),
  source: 'store',
  workingDir: `/home/bentos/${tag.replace(':', '/')}`,
  latest: false,
  created: now - day,
  models: [],
  ...values,
});
const saved = (tag: string): StoreModel => ({
  tag,
  directory: `/home/models/${tag.replace(':', '/')}`,
  latest: true,
  created: now - 2 * day,
  module: 'bentoml.sklearn',
});
const known = (tag: string, values: Partial<Bento> = {}): Bento =>
  bento({ id: `store:${tag}`, name: tag, source: 'store', ...values });

const rows = (values: Partial<StoreRowsContext> = {}): StoreRows =>
  new StoreRows({
    bentos: () => [built('a:2', { latest: true }), built('a:1'), built('b:1')],
    models: () => [saved('m:1')],
    bento: () => undefined,
    hasTerminal: () => false,
    size: () => ({ bytes: 2048, isPartial: false }),
    l10n: english,
    locale: 'en',
    ...values,
  });

/** Labels and descriptions of all rows, indented. */
function drawn(of: StoreRows): readonly string[] {
  const draw = (nodes: readonly StoreNode[], depth: string): readonly string[] =>
    nodes.flatMap((node) => {
      const row = of.row(node, now);
      return [
        `${depth}${row?.label ?? '?'} | ${row?.description ?? '?'}`,
        ...draw(of.children(node), `${depth}  `),
      ];
    });
  return draw(of.roots(), '');
}

describe('the rows of the store', () => {
  it('are kinds, names and versions, with size and age', () => {
    expect(drawn(rows())).toEqual([
      'Bentos | 2',
      '  a | 2',
      '    2 | 2.00 KiB · 1d ago · latest',
      '    1 | 2.00 KiB · 1d ago',
      '  b | 1',
      '    1 | 2.00 KiB · 1d ago',
      'Models | 1',
      '  m | 1',
      '    1 | 2.00 KiB · 2d ago · latest',
    ]);
  });

  it('are none for an empty store, so that the view can say so', () => {
    expect(drawn(rows({ bentos: () => [], models: () => [] }))).toEqual([]);
    expect(drawn(rows({ bentos: () => [] }))[0]).toBe('Bentos | 0');
  });

  it('have no size while it is being counted', () => {
    expect(drawn(rows({ size: () => undefined }))[3]).toBe('    1 | 1d ago');
  });

  it('say what is served, and offer what can be done', () => {
    const served = known('a:1', {
      state: 'ready',
      components: [component({ state: 'ready', url: 'http://127.0.0.1:3000' })],
    });
    const of = rows({ bento: (id) => (id === served.id ? served : known(id.slice(6))) });
    expect(drawn(of).slice(1, 4)).toEqual([
      '  a | 2 · 1 served',
      '    2 | 2.00 KiB · 1d ago · latest',
      '    1 | ready · 2.00 KiB · 1d ago',
    ]);
    const row = (tag: string) => of.row({ kind: 'bento', bento: `store:${tag}` }, now);
    expect(row('a:1')).toMatchObject({
      icon: { id: 'pass-filled' },
      contextValue: 'bento:canStop:canRestart:canAttach:hasUrl:canContainerize:canExport:canDelete',
      accessibilityLabel: 'a:1, ready, 2.00 KiB, 1d ago',
      opens: { file: '/home/bentos/a/1/bento.yaml', line: 1 },
    });
    expect(row('a:2')).toMatchObject({
      icon: { id: 'package' },
      contextValue: 'bento:canServe:canContainerize:canExport:canDelete',
    });
    expect(of.row({ kind: 'model', tag: 'm:1' }, now)).toMatchObject({
      contextValue: 'model:canDelete',
      opens: { file: '/home/models/m/1/model.yaml', line: 1 },
    });
  });

  it('are asked for anew when they came or went, and else only those that look different', () => {
    const all = [built('a:2', { latest: true }), built('a:1')];
    let states: Partial<Bento> = {};
    const of = rows({ bentos: () => all, bento: (id) => known(id.slice(6), states) });
    const show = (nodes: readonly StoreNode[]): void => {
      for (const node of nodes) {
        of.shown(node, now);
        show(of.children(node));
      }
    };
    show(of.roots());
    expect(of.changed(now)).toEqual([]);
    states = { state: 'starting' };
    const [bentos] = of.roots();
    const [name] = bentos === undefined ? [] : of.children(bentos);
    const versions = name === undefined ? [] : of.children(name);
    expect(of.changed(now)).toEqual([name, ...versions]);
    expect(of.changed(now)?.[0]).toBe(name);
    show(of.roots());
    expect(of.changed(now + 60_000)).toEqual([]);
    expect(of.changed(now + day)?.map(({ kind }) => kind)).toEqual(['bento', 'bento', 'model']);
    all.pop();
    expect(of.changed(now)).toBeUndefined();
    show(of.roots());
    expect(of.changed(now)).toEqual([]);
  });

  it('are folded up where there are many names', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => built(`${name}:1`));
    const name: StoreNode = { kind: 'name', of: 'bentos', name: 'a' };
    expect(rows({ bentos: () => many }).row(name, now)?.collapsible).toBe('collapsed');
    expect(rows().row(name, now)?.collapsible).toBe('expanded');
  });

  it('tell the rest at hover', () => {
    const of = rows({
      bentos: () => [built('a:1', { bentomlVersion: '1.4.38', models: ['m:1'] })],
    });
    const tooltip = of.tooltip({ kind: 'bento', bento: 'store:a:1' }).join('\n');
    for (const part of ['BentoML 1\\.4\\.38', 'Needs the models `m:1`', '`/home/bentos/a/1`']) {
      expect(tooltip).toContain(part);
    }
    expect(of.tooltip({ kind: 'model', tag: 'm:1' }).join('\n')).toContain('`bentoml.sklearn`');
  });
});

it.each([
  [
    { kind: 'bento', bento: 'store:a:1' },
    { kind: 'bentos', tag: 'a:1' },
  ],
  ['store:a:1', { kind: 'bentos', tag: 'a:1' }],
  [
    { kind: 'model', tag: 'm:1' },
    { kind: 'models', tag: 'm:1' },
  ],
  [{ kind: 'bento', bento: 'service.py:svc' }, undefined],
  [{ kind: 'model' }, undefined],
  [null, undefined],
])('a command that is given %o is for %o', (argument, version) => {
  expect(versionOf(argument)).toEqual(version);
});
