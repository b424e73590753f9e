import type { BentoReader } from '../../../src/core/bento-manager';
import type { Clock } from '../../../src/core/clock';
import { defaultSettings } from '../../../src/core/settings/default-settings';
import { newRecord } from '../../../src/core/registry/bento-record';
import { snapshotOf } from '../../../src/core/registry/bento-snapshot';
import type { BentoSources } from '../../../src/core/registry/bento-sources';
import { componentDetails } from '../../../src/core/registry/component-details';
import { idleComponent } from '../../../src/core/registry/idle-component';
import { EngineBento } from '../../../src/core/target/engine/engine-bento';
import type { AppliedBento } from '../../../src/core/target/target';
import { untilAborted } from '../../../src/core/until-aborted';
import { statusSummary } from '../../../src/vscode/tree/status-summary';
import type { TreeNode } from '../../../src/vscode/tree/tree-node';
import { TreeRows } from '../../../src/vscode/tree/tree-rows';
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
      code: { log: quietLog(), serveAgain: notPossible, planAnew: notPossible },
    },
    followsLogs ? applied : withoutLogs(applied),
  );
  record.served = running;
  Object.assign(record.logs, { get: (component: string) => logs.get(component) });
  const sources = {
    profiles: () => ({ names: [] }),
    folderSettings: () => ({ problems: [] }),
  } as unknown as BentoSources;
  let snapshot = snapshotOf(record, sources);
  const manager: BentoReader = {
    ...fakeManager(),
    get bentos() {
      return [snapshot];
    },
    bento: () => snapshot,
    details: (_, component) => componentDetails(record, component),
  };
  const rows = new TreeRows(
    manager,
    english,
    () => 1,
    () => clock.date(),
  );
  const show = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      rows.row(node);
      show(rows.children(node));
    }
  };
  const tookMs: number[] = [];
  const refreshed: number[] = [];
  running.onDidChange(() => {
    const from = performance.now();
    record.idle = running.components.map((one) => idleComponent(one.snapshot));
    snapshot = snapshotOf(record, sources);
    viewBadge([snapshot], english);
    statusSummary([snapshot], english, clock.date());
    const changed = rows.changed(bento.id);
    refreshed.push(changed.length);
    show(changed);
    tookMs.push(performance.now() - from);
  });
  return {
    ...{ tookMs, refreshed },
    get workers() {
      return snapshot.components.reduce((sum, { workers = [] }) => sum + workers.length, 0);
    },
    paint: () => show(rows.roots()),
    dispose: () => running.leave(),
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
