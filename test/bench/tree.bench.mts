/** Our part of the tree of 200 bentos, and of 1,000 components with 5,000 workers; what VS Code draws is not in this. */
import { setTimeout as pause } from 'node:timers/promises';
import type { ComponentWorker } from '../../src/core/model.ts';
import type * as Bentos from '../support/bentos.ts';
import type { TreeNode } from '../../src/vscode/tree/tree-node.ts';
import type * as Large from './support/large-cluster.ts';
import type * as Rows from '../../src/vscode/tree/tree-rows.ts';
import { atMost, median, type Figure } from './support/figure.mts';
import { importBundled } from './support/import-bundled.mts';

const { TreeRows } = (await importBundled('src/vscode/tree/tree-rows.ts')) as typeof Rows;
const { bento, component, fakeManager } = (await importBundled(
  'test/support/bentos.ts',
)) as typeof Bentos;

const { largeCluster } = (await importBundled(
  'test/bench/support/large-cluster.ts',
)) as typeof Large;

const count = 200;
const l10n = { t: (text: string): string => text };

export async function figures(rounds: number): Promise<readonly Figure[]> {
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
  return [
    ...workerFigures(rounds),
    ...(await clusterFigures()),
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
  ];
}

const changesASecond = 100;
const watchedSeconds = 10;

/** From what kubectl prints to the rows, the badge and the status bar item. */
async function clusterFigures(): Promise<readonly Figure[]> {
  const large = await largeCluster(1_000, 5);
  const { tree } = large;
  tree.paint();
  const before = { changes: tree.tookMs.length, used: process.cpuUsage() };
  for (let sent = 0; sent < changesASecond * watchedSeconds; sent++) {
    large.change();
    await pause(1_000 / changesASecond);
  }
  const { user, system } = process.cpuUsage(before.used);
  // What the bench itself takes for as many changes that nobody watches.
  await tree.dispose();
  const idle = process.cpuUsage();
  for (let sent = 0; sent < changesASecond * watchedSeconds; sent++) {
    large.change();
    await pause(1_000 / changesASecond);
  }
  const own = process.cpuUsage(idle);
  const percent = (user + system - own.user - own.system) / 10_000 / watchedSeconds;
  const subject = `1,000 components with 5,000 pods, ${String(changesASecond)} changes a second`;
  return [
    {
      what: `${subject}: processor time of the extension`,
      value: percent,
      unit: '% of a core',
      goal: atMost(2),
      ours: `${String(tree.tookMs.length - before.changes)} updates of ${median(tree.tookMs.slice(before.changes)).toFixed(1)} ms`,
    },
  ];
}

/** A bento in a cluster. */
function workerFigures(rounds: number): readonly Figure[] {
  const worker = (name: string, restarts = 0): ComponentWorker => ({
    ...{ name, restarts, state: 'ready', startedAt: 0 },
  });
  const components = Array.from({ length: 1_000 }, (_, index) =>
    component({
      ...{ id: `service:S${String(index)}`, kind: 'service', name: `S${String(index)}` },
      state: 'ready',
      workers: [1, 2, 3, 4, 5].map((number) => worker(`s${String(index)}-${String(number)}`)),
    }),
  );
  const whole = bento({ state: 'ready', engine: { kind: 'kubernetes' }, components });
  const changed = components.with(
    500,
    component({ ...components[500], workers: [worker('s500-1', 1)] }),
  );
  const paints: number[] = [];
  const everything: number[] = [];
  const changes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const manager = fakeManager([whole]);
    const rows = new TreeRows(manager, l10n, () => 1, Date.now);
    const show = (nodes: readonly TreeNode[], depth: number): void => {
      for (const node of nodes) {
        rows.row(node);
        if (depth > 0) show(rows.children(node), depth - 1);
      }
    };
    paints.push(timed(() => show(rows.roots(), 1)));
    everything.push(timed(() => show(rows.roots(), 2)));
    manager.change({ ...whole, components: changed });
    changes.push(timed(() => rows.changed(whole.id)));
  }
  const subject = 'tree of 1,000 components with 5,000 workers';
  return [
    { what: `${subject}: first paint`, value: median(paints), unit: 'ms', goal: atMost(300) },
    { what: `${subject}: all rows unfolded`, value: median(everything), unit: 'ms' },
    {
      what: `${subject}: to know which row changed`,
      value: median(changes),
      unit: 'ms',
      goal: atMost(5),
    },
  ];
}

function timed(work: () => unknown): number {
  const from = performance.now();
  work();
  return performance.now() - from;
}
