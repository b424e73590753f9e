import * as vscode from 'vscode';
import type { BentoReader } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';
import type { SecondTicks } from './second-ticks';
import { commandIds } from '../identifiers';
import { markdownString } from './markdown-string';
import { RefreshScheduler } from './refresh-scheduler';
import { treeItem } from './tree-item';
import { nodeKey, type TreeNode } from './tree-node';
import { TreeRows } from './tree-rows';

/** Provides the rows to VS Code, and refreshes only those that look different. */
export class BentoTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #rows: TreeRows;
  readonly #changed = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly #refreshed = new vscode.EventEmitter<ReadonlySet<string> | 'list'>();
  readonly #showed = new vscode.EventEmitter<readonly string[]>();
  readonly #subscriptions: readonly { dispose(): void }[];

  constructor(manager: BentoReader, clock: Clock, ticks: SecondTicks) {
    this.#rows = new TreeRows(
      manager,
      vscode.l10n,
      () => vscode.workspace.workspaceFolders?.length ?? 0,
      () => clock.date(),
    );
    const refreshes = new RefreshScheduler(clock, (changed) => {
      const nodes =
        changed === 'list'
          ? this.#rows.changedAfterListing()
          : [...changed].flatMap((id) => this.#rows.changed(id));
      const isDifferent = nodes?.length !== 0;
      if (isDifferent) this.#changed.fire(nodes && [...nodes]);
      this.#refreshed.fire(changed);
      return isDifferent;
    });
    /** The bentos that are shown as starting. Changes of their components can wait. */
    const starting = new Set<string>();
    this.#subscriptions = [
      refreshes,
      manager.onDidChange((id) => {
        const isStarting = id !== undefined && manager.bento(id)?.state === 'starting';
        const canWait = isStarting && starting.has(id);
        if (isStarting) starting.add(id);
        else if (id !== undefined) starting.delete(id);
        else for (const one of starting) if (manager.bento(one) === undefined) starting.delete(one);
        refreshes.request(id, { canWait });
      }),
      ticks.onDidTick((ids) => ids.forEach((id) => refreshes.request(id, { canWait: true }))),
    ];
  }

  readonly onDidChangeTreeData = this.#changed.event;
  /** Fires after each refresh, with the ids of the changed bentos, or with `list` if the list of bentos has changed. */
  readonly onDidRefresh = this.#refreshed.event;
  /** Fires the ids of bentos whose rows are shown, again at each refresh. */
  readonly onDidShow = this.#showed.event;

  getChildren(node?: TreeNode): TreeNode[] {
    const nodes = node === undefined ? this.#rows.roots() : this.#rows.children(node);
    const bentos = nodes.flatMap((one) => (one.kind === 'bento' ? [one.bento] : []));
    if (bentos.length > 0) this.#showed.fire(bentos);
    return [...nodes];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return this.#rows.parent(node);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const row = this.#rows.row(node);
    return row === undefined ? new vscode.TreeItem('') : treeItem(nodeKey(node), row, node);
  }

  /** At hover, so that the uptime is that of now. */
  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    const paragraphs = this.#rows.tooltip(node);
    const commands = node.kind === 'component' ? [commandIds.openLog] : [];
    if (paragraphs.length > 0) item.tooltip = markdownString(paragraphs, commands);
    return item;
  }

  bentoNode(id: string): TreeNode {
    return this.#rows.bentoNode(id);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#refreshed.dispose();
    this.#showed.dispose();
  }
}
