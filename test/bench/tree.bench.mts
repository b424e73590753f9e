/** Our part of the tree of 200 bentos; what VS Code draws of it is not in this. */
import type * as Bentos from '../support/bentos.ts';
import type * as Rows from '../../src/vscode/tree/tree-rows.ts';
import { atMost, median, type Figure } from './support/figure.mts';
import { importBundled } from './support/import-bundled.mts';

const { TreeRows } = (await importBundled('src/vscode/tree/tree-rows.ts')) as typeof Rows;
const { bento, component, fakeManager } = (await importBundled(
  'test/support/bentos.ts',
)) as typeof Bentos;

const count = 200;
const l10n = { t: (text: string): string => text };

export function figures(rounds: number): Promise<readonly Figure[]> {
  const paints: number[] = [];
  const changes: number[] = [];
  const redrawn: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const manager = fakeManager(
      Array.from({ length: count }, (_, index) => bento({ id: `b${String(index)}` })),
    );
    const rows = new TreeRows(manager, l10n, () => 1, Date.now);
    paints.push(
      timed(() => {
        for (const node of rows.roots()) {
          rows.row(node);
          for (const child of rows.children(node)) rows.row(child);
        }
      }),
    );
    const components = [component({ latencyMs: 12, state: 'ready' })];
    manager.change(bento({ id: 'b100', components }));
    changes.push(timed(() => redrawn.push(rows.changed('b100').length)));
  }
  return Promise.resolve([
    {
      what: 'tree of 200 bentos: all rows for the first time',
      value: median(paints),
      unit: 'ms',
      goal: atMost(200),
    },
    {
      what: 'tree of 200 bentos: rows redrawn when a component changes',
      value: median(redrawn),
      unit: '',
      goal: atMost(1),
    },
    {
      what: 'tree of 200 bentos: to know which row',
      value: median(changes),
      unit: 'ms',
    },
  ]);
}

function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}
