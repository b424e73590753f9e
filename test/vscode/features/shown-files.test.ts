import { beforeEach, expect, it } from 'vitest';
import type { DiscoveredBento } from '../../../src/core/discovery/discovered-bento';
import { Emitter } from '../../../src/core/events';
import { shownFiles } from '../../../src/vscode/features/shown-files';
import type { ExtensionParts } from '../../../src/vscode/parts/extension-parts';
import { user } from '../../support/fake-vscode';

const found: readonly Partial<DiscoveredBento>[] = [
  { id: 'search', file: '/work/search/service.py', buildFiles: ['/work/search/bentofile.yaml'] },
  { id: 'shout', file: '/work/shout/service.py' },
  { id: 'built' },
];

beforeEach(() => user.reset());

function setUp() {
  const seen: string[] = [];
  const changed = new Emitter<string | undefined>();
  const bentos = [...found];
  const registry = {
    get bentos() {
      return bentos;
    },
    discovered: (id: string) => bentos.find((one) => one.id === id),
    onDidChange: changed.event,
  };
  const warmUp = { seen: (id: string) => seen.push(id) };
  const parts = { registry, warmUp } as unknown as ExtensionParts;
  const own: { dispose(): unknown }[] = [];
  shownFiles.register(parts, { push: (...items) => void own.push(...items) });
  const end = (): void => own.forEach((one) => one.dispose());
  return { seen, changed, bentos, end };
}

it('has a bento warmed up whose service or build file an editor shows', () => {
  const { seen } = setUp();
  user.show('/work/README.md');
  expect(seen).toEqual([]);
  user.show('/work/README.md', '/work/shout/service.py');
  expect(seen).toEqual(['shout']);
  user.show('/work/search/bentofile.yaml');
  expect(seen).toEqual(['shout', 'search']);
});

it('has one warmed up that is found while an editor shows its file', () => {
  const { seen, changed, bentos } = setUp();
  const all = bentos.splice(0);
  user.show('/work/shout/service.py');
  bentos.push(...all);
  changed.fire('shout');
  expect(seen).toEqual([]);
  changed.fire(undefined);
  expect(seen).toEqual(['shout']);
});

it('looks at no editors after its end', () => {
  const { seen, changed, end } = setUp();
  end();
  user.show('/work/shout/service.py');
  changed.fire(undefined);
  expect(seen).toEqual([]);
});
