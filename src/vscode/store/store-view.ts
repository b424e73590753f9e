import * as vscode from 'vscode';
import type { Clock } from '../../core/clock';
import type { Disposable } from '../../core/events';
import { storeViewId } from '../identifiers';
import type { StoreNode } from './store-node';
import type { StoreTree } from './store-tree';

/** Ages are told in minutes. */
const tickMs = 60_000;

/** The view of the store. What it shows is loaded and read when somebody looks at it. */
export class StoreView implements vscode.TreeDataProvider<StoreNode>, vscode.Disposable {
  readonly #load: () => Promise<StoreTree>;
  readonly #clock: Clock;
  readonly #view: vscode.TreeView<StoreNode>;
  readonly #changed = new vscode.EventEmitter<StoreNode[] | undefined>();
  readonly #subscription: vscode.Disposable;
  #tree: Promise<StoreTree> | undefined;
  #tick: Disposable | undefined;
  #isDisposed = false;

  constructor(load: () => Promise<StoreTree>, clock: Clock) {
    this.#load = load;
    this.#clock = clock;
    this.#view = vscode.window.createTreeView(storeViewId, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.#subscription = vscode.Disposable.from(
      this.#view,
      this.#changed,
      this.#view.onDidChangeVisibility(({ visible }) => {
        this.#tick?.dispose();
        if (visible) this.#look();
      }),
    );
  }

  readonly onDidChangeTreeData = this.#changed.event;

  async getChildren(node?: StoreNode): Promise<StoreNode[]> {
    return (await this.#shown()).getChildren(node);
  }

  async getTreeItem(node: StoreNode): Promise<vscode.TreeItem> {
    return (await this.#shown()).getTreeItem(node);
  }

  async resolveTreeItem(item: vscode.TreeItem, node: StoreNode): Promise<vscode.TreeItem> {
    return (await this.#shown()).resolveTreeItem(item, node);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#tick?.dispose();
    this.#subscription.dispose();
    void this.#tree?.then((tree) => tree.dispose());
  }

  #shown(): Promise<StoreTree> {
    this.#tree ??= this.#load().then((tree) => {
      if (this.#isDisposed) tree.dispose();
      tree.onDidChangeTreeData((nodes) => this.#changed.fire(nodes));
      this.#look();
      return tree;
    });
    return this.#tree;
  }

  /** Now, and again while it is in sight. */
  #look(): void {
    void this.#tree?.then((tree) => tree.changed());
    this.#tick?.dispose();
    this.#tick = this.#view.visible ? this.#clock.after(tickMs, () => this.#look()) : undefined;
  }
}
