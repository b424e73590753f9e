import type { BentoReader } from '../../src/core/bento-manager';
import type { Disposable } from '../../src/core/events';
import type { Row } from '../../src/vscode/tree/row';
import { nodeKey, type TreeNode } from '../../src/vscode/tree/tree-node';
import { TreeRows } from '../../src/vscode/tree/tree-rows';
import { english } from './english';

interface Shown {
  readonly node: TreeNode;
  readonly row: Row | undefined;
  readonly children: readonly Shown[];
}

/** The tree as VS Code shows it, unfolded: it asks again only for the rows that are said to have changed. */
export class ShownTree implements Disposable {
  readonly #rows: TreeRows;
  readonly #subscription: Disposable;
  #roots: readonly Shown[];

  constructor(manager: BentoReader) {
    this.#rows = new TreeRows(manager, english, () => 1, Date.now);
    this.#roots = this.#rows.roots().map((node) => this.#draw(node));
    this.#subscription = manager.onDidChange((id) => {
      const changed = id === undefined ? this.#rows.changedAfterListing() : this.#rows.changed(id);
      if (changed === undefined) this.#roots = this.#rows.roots().map((node) => this.#draw(node));
      else this.#roots = this.#refresh(this.#roots, new Set(changed));
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  /** The labels of all workers, each with whether it is shown as ready. */
  get workers(): readonly string[] {
    return this.#all()
      .filter(({ node }) => node.kind === 'worker')
      .map(
        ({ row }) =>
          `${row?.label ?? ''} ${row?.icon.id === 'pass-filled' ? 'ready' : 'not ready'}`,
      )
      .sort();
  }

  /** The keys of rows that are shown more than once. */
  get duplicates(): readonly string[] {
    const keys = this.#all().map(({ node }) => nodeKey(node));
    return keys.filter((key, index) => keys.indexOf(key) !== index);
  }

  #all(shown: readonly Shown[] = this.#roots): readonly Shown[] {
    return shown.flatMap((one) => [one, ...this.#all(one.children)]);
  }

  #draw(node: TreeNode): Shown {
    const row = this.#rows.row(node);
    return { node, row, children: this.#rows.children(node).map((child) => this.#draw(child)) };
  }

  #refresh(shown: readonly Shown[], changed: ReadonlySet<TreeNode>): readonly Shown[] {
    return shown.map((one) =>
      changed.has(one.node)
        ? this.#draw(one.node)
        : { ...one, children: this.#refresh(one.children, changed) },
    );
  }
}
