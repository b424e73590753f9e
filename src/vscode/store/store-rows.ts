import path from 'node:path';
import type { StoreBento } from '../../core/discovery/store';
import type { StoreModel } from '../../core/discovery/store-model';
import { descriptions, type StoreKind } from '../../core/discovery/store-versions';
import type { Bento } from '../../core/model';
import type { DirectorySize } from '../../core/store/directory-size';
import type { Localize } from '../localize';
import { isServed } from '../lifecycle/readiness';
import { bentoCapabilities } from '../tree/bento-row';
import { joined, type Row } from '../tree/row';
import { stateIcons } from '../tree/state-icon';
import { stateWord } from '../tree/state-labels';
import { storeNodeKey, type StoreNode } from './store-node';
import type { Markdown } from '../tree/markdown';
import { bentoTooltip, modelTooltip } from './store-tooltip';
import { ageWord, sizeWord } from './store-labels';

export interface StoreRowsContext {
  readonly bentos: () => readonly StoreBento[];
  readonly models: () => readonly StoreModel[];
  /** As the manager knows it, once it does. */
  readonly bento: (id: string) => Bento | undefined;
  readonly hasTerminal: (bento: Bento) => boolean;
  /** Nothing while it is being measured. */
  readonly size: (directory: string) => DirectorySize | undefined;
  readonly l10n: Localize;
  /** Such as `en` or `de`. */
  readonly locale: string;
}

/** A bento or a model of the store. */
interface Version {
  readonly tag: string;
  readonly directory: string;
  readonly latest: boolean;
  readonly created: number;
}

/** So few that all of them fit with their versions. */
const fewNames = 4;

/** The rows of what the store has: kinds, names, versions. */
export class StoreRows {
  readonly #context: StoreRowsContext;
  /** One object for one thing as long as it is there: VS Code finds rows by it. */
  readonly #nodes = new Map<string, StoreNode>();
  /** What was shown last, by key. */
  readonly #shown = new Map<string, string>();
  /** The keys of all nodes, when the roots were asked for. */
  #structure = '';

  constructor(context: StoreRowsContext) {
    this.#context = context;
  }

  /** None at all for an empty store: the view says so. */
  roots(): readonly StoreNode[] {
    this.#structure = this.#structureNow();
    return this.#groups();
  }

  children(node: StoreNode): readonly StoreNode[] {
    switch (node.kind) {
      case 'group':
        return this.#names(node.of).map((name) => this.#node({ kind: 'name', of: node.of, name }));
      case 'name':
        return this.#versions(node.of)
          .filter(({ tag }) => nameOf(tag) === node.name)
          .map(({ tag }) =>
            this.#node(
              node.of === 'bentos'
                ? { kind: 'bento', bento: `store:${tag}` }
                : { kind: 'model', tag },
            ),
          );
      case 'bento':
      case 'model':
        return [];
    }
  }

  /** The row to show now. @param now milliseconds since the epoch */
  shown(node: StoreNode, now: number): Row | undefined {
    const row = this.row(node, now);
    if (row !== undefined) this.#shown.set(storeNodeKey(node), JSON.stringify(row));
    return row;
  }

  /** The shown nodes that look different now; nothing when rows came or went: then all are to be asked for. */
  changed(now: number): readonly StoreNode[] | undefined {
    if (this.#structure !== this.#structureNow()) {
      this.#nodes.clear();
      this.#shown.clear();
      return undefined;
    }
    return [...this.#shown].flatMap(([key, shown]) => {
      const node = this.#nodes.get(key);
      return node === undefined || shown === JSON.stringify(this.row(node, now)) ? [] : [node];
    });
  }

  row(node: StoreNode, now: number): Row | undefined {
    const { l10n } = this.#context;
    switch (node.kind) {
      case 'group':
        return group({
          label: node.of === 'bentos' ? l10n.t('Bentos') : l10n.t('Models'),
          description: this.#names(node.of).length.toString(),
          icon: { id: node.of === 'bentos' ? 'archive' : 'database' },
          // An empty one, too: VS Code would keep it folded up when something comes.
          collapsible: 'expanded',
        });
      case 'name':
        return group({
          label: node.name,
          description: this.#nameDescription(node.of, node.name),
          icon: { id: 'symbol-namespace' },
          collapsible: this.#names(node.of).length <= fewNames ? 'expanded' : 'collapsed',
        });
      case 'bento': {
        const version = this.#versions('bentos').find(({ tag }) => `store:${tag}` === node.bento);
        return version && this.#bentoRow(version, now);
      }
      case 'model': {
        const version = this.#versions('models').find(({ tag }) => tag === node.tag);
        return (
          version &&
          this.#versionRow(version, 'models', now, {
            icon: { id: 'file-binary' },
            capabilities: [],
          })
        );
      }
    }
  }

  tooltip(node: StoreNode): readonly Markdown[] {
    const { bentos, models, l10n, locale } = this.#context;
    switch (node.kind) {
      case 'group':
      case 'name':
        return [];
      case 'bento': {
        const bento = bentos().find(({ id }) => id === node.bento);
        return bento === undefined ? [] : bentoTooltip(bento, locale, l10n);
      }
      case 'model': {
        const model = models().find(({ tag }) => tag === node.tag);
        return model === undefined ? [] : modelTooltip(model, locale, l10n);
      }
    }
  }

  #groups(): readonly StoreNode[] {
    const kinds: readonly StoreKind[] = ['bentos', 'models'];
    const isEmpty = kinds.every((of) => this.#versions(of).length === 0);
    return isEmpty ? [] : kinds.map((of) => this.#node({ kind: 'group', of }));
  }

  #structureNow(): string {
    const keys = (nodes: readonly StoreNode[]): readonly string[] =>
      nodes.flatMap((node) => [storeNodeKey(node), ...keys(this.children(node))]);
    return keys(this.#groups()).join('\n');
  }

  #node(wanted: StoreNode): StoreNode {
    const key = storeNodeKey(wanted);
    const known = this.#nodes.get(key) ?? wanted;
    this.#nodes.set(key, known);
    return known;
  }

  #versions(kind: StoreKind): readonly Version[] {
    return kind === 'models' ? this.#context.models() : this.#context.bentos().map(versionOfBento);
  }

  #names(kind: StoreKind): readonly string[] {
    return [...new Set(this.#versions(kind).map(({ tag }) => nameOf(tag)))];
  }

  #nameDescription(kind: StoreKind, name: string): string {
    const { l10n, bento } = this.#context;
    const own = this.#versions(kind).filter(({ tag }) => nameOf(tag) === name);
    const served = own.filter(({ tag }) => {
      const known = kind === 'bentos' ? bento(`store:${tag}`) : undefined;
      return known !== undefined && isServed(known);
    }).length;
    return joined([own.length.toString(), served === 0 ? '' : l10n.t('{0} served', served)]);
  }

  #bentoRow(version: Version, now: number): Row {
    const bento = this.#context.bento(`store:${version.tag}`);
    if (bento === undefined) {
      return this.#versionRow(version, 'bentos', now, {
        icon: { id: 'package' },
        capabilities: [],
      });
    }
    const isShown = isServed(bento) || bento.state === 'failed';
    return this.#versionRow(version, 'bentos', now, {
      icon: isShown ? stateIcons[bento.state] : { id: 'package' },
      capabilities: bentoCapabilities(bento, {
        hasTerminal: this.#context.hasTerminal(bento),
        hasProfiles: false,
      }),
      ...(isShown ? { state: stateWord(bento.state, this.#context.l10n) } : {}),
    });
  }

  #versionRow(
    { tag, directory, latest, created }: Version,
    kind: StoreKind,
    now: number,
    {
      icon,
      capabilities,
      state,
    }: { icon: Row['icon']; capabilities: readonly string[]; state?: string },
  ): Row {
    const { l10n, locale, size } = this.#context;
    const measured = size(directory);
    // The latest is the first of its name in any case: it is last, as views are narrow.
    const description = joined([
      state,
      measured === undefined ? '' : sizeWord(measured, l10n),
      ageWord(now - created, locale, l10n),
      latest ? l10n.t('latest') : '',
    ]);
    return {
      label: versionOf(tag),
      description,
      icon,
      contextValue: [kind === 'bentos' ? 'bento' : 'model', ...capabilities, 'canDelete'].join(':'),
      accessibilityLabel: `${tag}, ${description.replaceAll(' · ', ', ')}`,
      tooltip: [],
      collapsible: 'none',
      opens: { file: path.join(directory, descriptions[kind]), line: 1 },
    };
  }
}

const group = (row: Pick<Row, 'label' | 'description' | 'icon' | 'collapsible'>): Row => ({
  ...row,
  contextValue: '',
  accessibilityLabel: `${row.label}, ${row.description.replaceAll(' · ', ', ')}`,
  tooltip: [],
});

const versionOfBento = ({ name, workingDir, latest, created }: StoreBento): Version => ({
  tag: name,
  directory: workingDir,
  latest,
  created,
});

const nameOf = (tag: string): string => tag.split(':', 1)[0] ?? tag;
const versionOf = (tag: string): string => tag.slice(nameOf(tag).length + 1);
