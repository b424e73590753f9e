import * as vscode from 'vscode';
import type { BentoManager } from '../core/bento-manager';
import { bentoRow, componentRow, type Row } from './tree-items';

export interface BentoElement {
  readonly type: 'bento';
  readonly id: string;
}

export interface ComponentElement {
  readonly type: 'component';
  readonly bento: string;
  readonly id: string;
}

export interface StoreElement {
  readonly type: 'store';
}

export type TreeElement = BentoElement | ComponentElement | StoreElement;

/** Renders what the manager knows; one changed bento refreshes only its own rows. */
export class BentoTree implements vscode.TreeDataProvider<TreeElement>, vscode.Disposable {
  readonly #manager: BentoManager;
  readonly #changed = new vscode.EventEmitter<TreeElement | undefined>();
  readonly #elements = new Map<string, TreeElement>();
  readonly #subscription: vscode.Disposable;

  constructor(manager: BentoManager) {
    this.#manager = manager;
    this.#subscription = vscode.Disposable.from(
      manager.onDidChange((id) =>
        this.#changed.fire(id === undefined ? undefined : this.#bento(id)),
      ),
    );
  }

  readonly onDidChangeTreeData = this.#changed.event;

  getChildren(element?: TreeElement): TreeElement[] {
    const { bentos } = this.#manager;
    switch (element?.type) {
      case undefined: {
        const own = bentos.filter(({ source }) => source !== 'store');
        const hasStore = own.length < bentos.length;
        return [...own.map(({ id }) => this.#bento(id)), ...(hasStore ? [this.#store()] : [])];
      }
      case 'store':
        return bentos.filter(({ source }) => source === 'store').map(({ id }) => this.#bento(id));
      case 'bento':
        return (bentos.find(({ id }) => id === element.id)?.components ?? []).map(({ id }) =>
          this.#component(element.id, id),
        );
      case 'component':
        return [];
    }
  }

  getParent(element: TreeElement): TreeElement | undefined {
    if (element.type === 'component') return this.#bento(element.bento);
    const isBuilt =
      element.type === 'bento' &&
      this.#manager.bentos.find(({ id }) => id === element.id)?.source === 'store';
    return isBuilt ? this.#store() : undefined;
  }

  getTreeItem(element: TreeElement): vscode.TreeItem {
    switch (element.type) {
      case 'store': {
        const item = new vscode.TreeItem(
          vscode.l10n.t('Bento store'),
          vscode.TreeItemCollapsibleState.Collapsed,
        );
        item.id = 'store';
        item.iconPath = new vscode.ThemeIcon('archive');
        item.contextValue = 'store';
        return item;
      }
      case 'bento': {
        const bento = this.#manager.bentos.find(({ id }) => id === element.id);
        if (bento === undefined) return new vscode.TreeItem(element.id);
        const several = (vscode.workspace.workspaceFolders?.length ?? 0) > 1;
        const where = several && bento.folder !== '' ? folderName(bento.folder) : bento.id;
        const open = bento.state === 'stopped' ? 'Collapsed' : 'Expanded';
        return toItem(
          // The id has the state's openness in it: VS Code keeps what a person folded, per id.
          `bento ${bento.id} ${open}`,
          bentoRow(bento, where),
          bento.components.length === 0
            ? vscode.TreeItemCollapsibleState.None
            : vscode.TreeItemCollapsibleState[open],
        );
      }
      case 'component': {
        const component = this.#manager.bentos
          .find(({ id }) => id === element.bento)
          ?.components.find(({ id }) => id === element.id);
        if (component === undefined) return new vscode.TreeItem(element.id);
        const details = this.#manager.details(element.bento, element.id);
        return toItem(
          `component ${element.bento} ${element.id}`,
          componentRow(component, details, Date.now()),
          vscode.TreeItemCollapsibleState.None,
        );
      }
    }
  }

  element(bento: string): TreeElement {
    return this.#bento(bento);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #bento(id: string): TreeElement {
    return this.#same(`bento ${id}`, { type: 'bento', id });
  }

  #component(bento: string, id: string): TreeElement {
    return this.#same(`component ${bento} ${id}`, { type: 'component', bento, id });
  }

  #store(): TreeElement {
    return this.#same('store', { type: 'store' });
  }

  /** VS Code knows rows by the identity of their elements. */
  #same(key: string, element: TreeElement): TreeElement {
    const known = this.#elements.get(key) ?? element;
    this.#elements.set(key, known);
    return known;
  }
}

const folderName = (folder: string): string =>
  vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder))?.name ?? folder;

function toItem(id: string, row: Row, state: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, state);
  item.id = id;
  item.description = row.description;
  item.iconPath = new vscode.ThemeIcon(
    row.icon,
    row.color === undefined ? undefined : new vscode.ThemeColor(row.color),
  );
  item.contextValue = row.contextValue;
  item.tooltip = tooltip(row.tooltip);
  item.accessibilityInformation = { label: row.accessibility, role: 'treeitem' };
  return item;
}

/** Text from processes and files is shown, never rendered. */
function tooltip([title, ...lines]: readonly string[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.isTrusted = false;
  text.supportHtml = false;
  text
    .appendMarkdown('**')
    .appendText(title ?? '')
    .appendMarkdown('**\n\n');
  for (const line of lines) text.appendText(line).appendMarkdown('\n\n');
  return text;
}
