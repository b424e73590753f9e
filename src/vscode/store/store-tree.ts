import path from 'node:path';
import * as vscode from 'vscode';
import type { BentoReader } from '../../core/bento-manager';
import type { Clock } from '../../core/clock';
import type { Disposable } from '../../core/events';
import { directorySize } from '../../core/store/directory-size';
import { KnownSizes } from '../../core/store/known-sizes';
import { markdownString } from '../tree/markdown-string';
import { treeItem } from '../tree/tree-item';
import type { WindowSources } from '../sources/window-sources';
import { storeNodeKey, type StoreNode } from './store-node';
import { StoreRows } from './store-rows';

const filesLimit = 50_000;
/** Sizes and states come in numbers: they are shown together. */
const delayMs = 100;

/** Maps the store's rows to what VS Code shows. Comes with the first look at the view. */
export class StoreTree implements vscode.TreeDataProvider<StoreNode>, vscode.Disposable {
  readonly #rows: StoreRows;
  readonly #clock: Clock;
  readonly #sizes: KnownSizes;
  readonly #changed = new vscode.EventEmitter<StoreNode[] | undefined>();
  readonly #subscription: vscode.Disposable;
  #soon: Disposable | undefined;

  constructor(manager: BentoReader, sources: WindowSources, clock: Clock) {
    this.#clock = clock;
    const changed = (): void => this.changed();
    this.#sizes = new KnownSizes(
      (directory, signal) => directorySize(directory, filesLimit, signal),
      changed,
    );
    this.#rows = new StoreRows({
      bentos: () => sources.store.bentos,
      models: () => sources.store.models,
      bento: (id) => manager.bento(id),
      hasTerminal: ({ id, components }) =>
        components.some((component) => manager.details(id, component.id) !== undefined),
      size: (directory) => this.#sizes.of(directory),
      l10n: vscode.l10n,
      locale: vscode.env.language,
    });
    this.#subscription = vscode.Disposable.from(
      this.#sizes,
      this.#changed,
      sources.onDidReadStore((paths) => {
        const { home } = sources.store;
        // A build writes the mark of the latest when it is done: what it has built is beside it.
        const names = paths.map((changed) => nameDirectory(home, changed));
        this.#sizes.forget(paths.length === 0 ? [home] : names);
        changed();
      }),
      manager.onDidChange((id) => {
        if (id?.startsWith('store:') === true) changed();
      }),
    );
  }

  readonly onDidChangeTreeData = this.#changed.event;

  getChildren(node?: StoreNode): StoreNode[] {
    return [...(node === undefined ? this.#rows.roots() : this.#rows.children(node))];
  }

  getTreeItem(node: StoreNode): vscode.TreeItem {
    const row = this.#rows.shown(node, this.#clock.date());
    return row === undefined ? new vscode.TreeItem('') : treeItem(storeNodeKey(node), row, node);
  }

  resolveTreeItem(item: vscode.TreeItem, node: StoreNode): vscode.TreeItem {
    const paragraphs = this.#rows.tooltip(node);
    if (paragraphs.length > 0) item.tooltip = markdownString(paragraphs);
    return item;
  }

  /** Something may look different, if only an age. */
  changed(): void {
    this.#soon ??= this.#clock.after(delayMs, () => {
      this.#soon = undefined;
      const nodes = this.#rows.changed(this.#clock.date());
      if (nodes === undefined || nodes.length > 0) this.#changed.fire(nodes && [...nodes]);
    });
  }

  dispose(): void {
    this.#soon?.dispose();
    this.#subscription.dispose();
  }
}

/** The directory of the name that a path of the store belongs to. */
function nameDirectory(home: string, changed: string): string {
  const [kind = '', name = ''] = path.relative(home, changed).split(path.sep);
  return path.join(home, kind, name);
}
