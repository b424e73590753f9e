import * as vscode from 'vscode';
import type { BentoReader } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';
import type { Bento } from '../../core/model';
import { allBentoFiles } from '../sources/bento-files';
import { contextKeys, statusBarId, viewId } from '../identifiers';
import { isServed } from '../lifecycle/readiness';
import type { SecondTicks } from './second-ticks';
import { pausedComponents } from './paused-components';
import { statusSummary } from './status-summary';
import { markdownString } from './markdown-string';
import type { BentoTree } from './bento-tree';
import type { TreeNode } from './tree-node';
import { viewBadge } from './view-badge';
import { viewMessage } from './view-message';

/** The view's frame: badge, status bar item and context keys, each written only when it changes. */
export class ServicesView implements vscode.Disposable {
  readonly #manager: BentoReader;
  readonly #tree: BentoTree;
  readonly #isDiscovered: () => boolean;
  readonly #clock: Clock;
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #status: vscode.StatusBarItem;
  readonly #subscription: vscode.Disposable;
  readonly #written = new Map<string, string | undefined>();
  /** The bentos whose components were unfolded at this Serve. */
  readonly #unfolded = new Set<string>();
  #servedIds = '';

  constructor(
    manager: BentoReader,
    tree: BentoTree,
    isDiscovered: () => boolean,
    clock: Clock,
    ticks: SecondTicks,
  ) {
    this.#clock = clock;
    this.#manager = manager;
    this.#tree = tree;
    this.#isDiscovered = isDiscovered;
    this.#view = vscode.window.createTreeView(viewId, {
      treeDataProvider: tree,
      showCollapseAll: true,
    });
    this.#status = vscode.window.createStatusBarItem(
      statusBarId,
      vscode.StatusBarAlignment.Left,
      0,
    );
    this.#status.name = 'Serve Bento';
    this.#status.command = `${viewId}.focus`;
    this.#subscription = vscode.Disposable.from(
      this.#view,
      this.#status,
      manager.onDidChangeWaiting(() => this.#updateWaiting()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#update()),
      ticks.onDidTick(() => this.#showStatus()),
      tree.onDidRefresh((changed) => {
        this.#update();
        this.#updateFiles(changed === 'list');
        const ids = changed === 'list' ? manager.bentos.map(({ id }) => id) : changed;
        ids.forEach((id) => this.#unfold(id));
      }),
    );
    this.#update();
    this.#updateWaiting();
    this.#updateFiles(true);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #update(): void {
    const { bentos } = this.#manager;
    const badge = viewBadge(bentos, vscode.l10n);
    this.#write('badge', badge, () => (this.#view.badge = badge));
    // Without rows, the welcome page says the same.
    const hasRows = bentos.length > 0;
    const message = hasRows ? viewMessage(vscode.workspace.isTrusted, vscode.l10n) : undefined;
    this.#write('message', message, () => (this.#view.message = message ?? ''));
    this.#showStatus();
    const found = bentos.length > 0 ? 'some' : this.#isDiscovered() ? 'none' : 'loading';
    this.#setContext(contextKeys.discovery, found);
    this.#setContext(contextKeys.anyServed, bentos.some(isServed));
    const anyFailed = bentos.some(({ state }) => state === 'failed');
    this.#setContext(contextKeys.anyFailed, anyFailed);
  }

  #updateWaiting(): void {
    this.#setContext(contextKeys.anyWaiting, this.#manager.waitingHelpers > 0);
  }

  #showStatus(): void {
    const { bentos } = this.#manager;
    const paused = (bento: Bento): readonly string[] => pausedComponents(this.#manager, bento);
    const summary = statusSummary(bentos, vscode.l10n, this.#clock.date(), paused);
    this.#write('status', summary, () => {
      if (summary === undefined) {
        this.#status.hide();
        return;
      }
      this.#status.text = summary.text;
      this.#status.tooltip = markdownString(summary.tooltip);
      this.#status.accessibilityInformation = { label: summary.accessibilityLabel };
      this.#status.backgroundColor =
        summary.severity === 'none'
          ? undefined
          : new vscode.ThemeColor(`statusBarItem.${summary.severity}Background`);
      this.#status.show();
    });
  }

  /** Paths are many: they are collected when the list has changed, or which bentos are served. */
  #updateFiles(isNewList: boolean): void {
    const { bentos } = this.#manager;
    const served = bentos.filter(isServed);
    const ids = served.map(({ id }) => id).join('\n');
    if (!isNewList && ids === this.#servedIds) return;
    this.#servedIds = ids;
    const filesOf = (some: readonly Bento[]): readonly string[] => {
      const found = some.map(({ id }) => this.#manager.discovered(id));
      return bothForms(allBentoFiles(found.filter((bento) => bento !== undefined)));
    };
    this.#setContext(contextKeys.files, filesOf(bentos));
    this.#setContext(contextKeys.idleFiles, filesOf(bentos.filter((bento) => !isServed(bento))));
    this.#setContext(contextKeys.servedFiles, filesOf(served));
  }

  /** Unfolds a bento that begins to be served, if the view is open. */
  #unfold(id: string): void {
    const bento = this.#manager.bento(id);
    if (bento === undefined || !isServed(bento)) {
      this.#unfolded.delete(id);
      return;
    }
    if (this.#unfolded.has(id) || bento.components.length === 0) return;
    this.#unfolded.add(id);
    if (!this.#view.visible) return;
    const how = { select: false, focus: false, expand: true };
    void this.#view.reveal(this.#tree.bentoNode(id), how).then(undefined, () => undefined);
  }

  #setContext(key: string, value: unknown): void {
    this.#write(key, value, () => void vscode.commands.executeCommand('setContext', key, value));
  }

  #write(what: string, value: unknown, write: () => unknown): void {
    const text = JSON.stringify(value) as string | undefined;
    if (this.#written.has(what) && this.#written.get(what) === text) return;
    this.#written.set(what, text);
    write();
  }
}

/** A local window knows files by their system's path, a remote one of Windows by that of their URI. */
const bothForms = (paths: readonly string[]): readonly string[] =>
  process.platform === 'win32'
    ? [...paths, ...paths.map((path) => vscode.Uri.file(path).path)]
    : paths;
