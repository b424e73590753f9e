import path from 'node:path';
import * as vscode from 'vscode';
import type { BentoManager } from '../core/bento-manager';
import type { BentoTree, TreeElement } from './bento-tree';
import { contextKeys, viewId } from './identifiers';
import { statusText, troubledCount } from './status-text';

/** The view's frame: badge, status bar item and context keys, each written only when it changes. */
export class ServicesView implements vscode.Disposable {
  readonly #manager: BentoManager;
  readonly #isDiscovered: () => boolean;
  readonly #view: vscode.TreeView<TreeElement>;
  readonly #status: vscode.StatusBarItem;
  readonly #subscription: vscode.Disposable;
  readonly #written = new Map<string, string>();

  constructor(manager: BentoManager, tree: BentoTree, isDiscovered: () => boolean) {
    this.#manager = manager;
    this.#isDiscovered = isDiscovered;
    this.#view = vscode.window.createTreeView(viewId, { treeDataProvider: tree });
    this.#status = vscode.window.createStatusBarItem(
      'status',
      vscode.StatusBarAlignment.Left,
      0,
    );
    this.#status.name = 'Serve Bento';
    this.#status.command = `${viewId}.focus`;
    this.#subscription = vscode.Disposable.from(
      this.#view,
      this.#status,
      manager.onDidChange(() => this.#update()),
    );
    this.#update();
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #update(): void {
    const { bentos } = this.#manager;
    const troubled = troubledCount(bentos);
    const badge = vscode.l10n.t('{0} components need a look', troubled);
    if (this.#view.badge?.value !== (troubled === 0 ? undefined : troubled)) {
      this.#view.badge = troubled === 0 ? undefined : { value: troubled, tooltip: badge };
    }
    this.#showStatus();
    const found = bentos.length > 0 ? 'some' : this.#isDiscovered() ? 'none' : 'loading';
    this.#setContext(contextKeys.discovery, found);
    this.#setContext(contextKeys.files, this.#files());
  }

  #showStatus(): void {
    const status = statusText(this.#manager.bentos);
    if (status === undefined) {
      this.#status.hide();
      return;
    }
    this.#status.text = status.text;
    this.#status.tooltip = status.tooltip;
    this.#status.backgroundColor = status.warning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    this.#status.show();
  }

  /** The paths that "Serve Bento" stands at: the service's file, its project's files and folder. */
  #files(): Readonly<Record<string, true>> {
    const paths = this.#manager.bentos.flatMap(({ id, source }) => {
      const bento = this.#manager.discovered(id);
      if (bento === undefined || source === 'store') return [];
      const project = ['bentofile.yaml', 'bentofile.yml', 'pyproject.toml'].map((name) =>
        path.join(bento.workingDir, name),
      );
      const own = bento.file === undefined ? [] : [bento.file];
      return source === 'project' ? [...own, bento.workingDir, ...project] : own;
    });
    return Object.fromEntries(paths.map((one) => [one, true]));
  }

  #setContext(key: string, value: unknown): void {
    const text = JSON.stringify(value);
    if (this.#written.get(key) === text) return;
    this.#written.set(key, text);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
