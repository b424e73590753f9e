import type { BentoReader } from '../../../src/core/bento-manager';
import type { Clock } from '../../../src/core/clock';
import { Emitter } from '../../../src/core/events';
import type { Bento } from '../../../src/core/model';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import { newRecord } from '../../../src/core/registry/bento-record';
import { snapshotOf } from '../../../src/core/registry/bento-snapshot';
import type { BentoSources } from '../../../src/core/registry/bento-sources';
import { componentDetails } from '../../../src/core/registry/component-details';
import { idleComponent } from '../../../src/core/registry/idle-component';
import { EngineBento } from '../../../src/core/target/engine/engine-bento';
import type { AppliedBento } from '../../../src/core/target/target';
import { untilAborted } from '../../../src/core/until-aborted';
import { BentoTree } from '../../../src/vscode/tree/bento-tree';
import { SecondTicks } from '../../../src/vscode/tree/second-ticks';
import { statusSummary } from '../../../src/vscode/tree/status-summary';
import type { TreeNode } from '../../../src/vscode/tree/tree-node';
import { viewBadge } from '../../../src/vscode/tree/view-badge';
import { discovered, fakeManager } from '../../support/bentos';
import { fakeLog } from '../../support/fake-engine';
import { quietLog } from '../../support/quiet-log';

/** The tree, the badge and the status bar item of a bento on an engine, as a window computes them. */
export interface EngineTree {
  /** The time that the changes took, in milliseconds. */
  readonly tookMs: readonly number[];
  /** The number of rows that each change refreshed. */
  readonly refreshed: readonly number[];
  readonly workers: number;
  /** Draws all rows, unfolded. */
  paint(): void;
  dispose(): Promise<void>;
}

const notPossible = (): Promise<never> => Promise.reject(new Error('it runs already'));
const english = { t: (text: string): string => text };

/** @param followsLogs whether the output of up to 50 workers is followed, as in a window */
export function engineTree(
  applied: AppliedBento,
  clock: Clock,
  { followsLogs = true } = {},
): EngineTree {
  const bento = discovered({ id: 'big' });
  const record = newRecord(bento);
  const logs = new Map<string, ReturnType<typeof fakeLog>>();
  const logFor = (component: string): ReturnType<typeof fakeLog> => {
    const log = logs.get(component) ?? fakeLog();
    logs.set(component, log);
    return log;
  };
  const running = new EngineBento(
    {
      ...{
        clock,
        platform: 'linux',
        engine: { kind: 'kubernetes' },
        logFor,
        onPhase: () => undefined,
        removeFiles: () => Promise.resolve(),
      },
      request: { bento, settings: defaultSettings },
      prepare: notPossible,
      code: { log: quietLog(), serveAgain: notPossible, replan: notPossible },
    },
    followsLogs ? applied : withoutLogs(applied),
  );
  record.served = running;
  Object.assign(record.logs, { get: (component: string) => logs.get(component) });
  const sources = {
    profiles: () => ({ names: [] }),
    folderSettings: () => ({ problems: [] }),
  } as unknown as BentoSources;
  const changed = new Emitter<string | undefined>();
  let snapshot: Bento | undefined;
  const current = (): Bento => (snapshot ??= snapshotOf(record, sources));
  const manager: BentoReader = {
    ...fakeManager(),
    onDidChange: changed.event,
    get bentos() {
      return [current()];
    },
    bento: current,
    details: (_, component) => componentDetails(record, component),
  };
  const ticks = new SecondTicks(manager, clock);
  const tookMs: number[] = [];
  const refreshed: number[] = [];
  let from = 0;
  const timed: Clock = {
    ...{ now: () => clock.now(), date: () => clock.date() },
    // Measures changes that are shown together, from when they are shown.
    after: (ms, action) =>
      clock.after(ms, () => {
        from = performance.now();
        action();
      }),
  };
  const tree = new BentoTree(manager, timed, ticks);
  const show = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      tree.getTreeItem(node);
      show(tree.getChildren(node));
    }
  };
  tree.onDidChangeTreeData((nodes = []) => {
    refreshed.push(nodes.length);
    show(nodes);
  });
  tree.onDidRefresh(() => {
    viewBadge([current()], english);
    statusSummary([current()], english, clock.date());
    tookMs.push(performance.now() - from);
  });
  running.onDidChange(() => {
    from = performance.now();
    record.idle = running.components.map((one) => idleComponent(one.snapshot));
    snapshot = undefined;
    changed.fire(bento.id);
  });
  return {
    ...{ tookMs, refreshed },
    get workers() {
      return current().components.reduce((sum, { workers = [] }) => sum + workers.length, 0);
    },
    paint: () => show(tree.getChildren()),
    dispose: async () => {
      tree.dispose();
      ticks.dispose();
      await running.leave();
    },
  };
}

/** The same bento, whose logs have no lines. */
const withoutLogs = (applied: AppliedBento): AppliedBento => ({
  ...{ onDidChange: applied.onDidChange, mountsSource: applied.mountsSource },
  shell: (worker) => applied.shell(worker),
  get state() {
    return applied.state;
  },
  mountsSource: applied.mountsSource,
  connect: (...args) => applied.connect(...args),
  describe: (...args) => applied.describe(...args),
  scale: (...args) => applied.scale(...args),
  logs: async ({ signal }) => untilAborted(signal, new Promise<never>(() => undefined)),
  restart: (component, signal) => applied.restart(component, signal),
  stop: (signal) => applied.stop(signal),
  dispose: () => applied.dispose(),
});
