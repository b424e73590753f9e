import { basename } from 'node:path';
import type { BentoReader, ComponentDetails, StopTimes } from '../../core/bento-manager';
import { byId } from '../../core/by-id';
import type { Bento, Component, ComponentWorker } from '../../core/model';
import type { TargetKind } from '../../core/target-kinds';
import type { Localize } from '../localize';
import { isServed } from '../lifecycle/readiness';
import { bentoRow } from './bento-row';
import { componentRow } from './component-row';
import type { Markdown } from './markdown';
import { componentTooltip } from './component-tooltip';
import type { Row } from './row';
import { workerRow, workerTooltip } from './worker-row';
import { storeRow } from './store-row';
import {
  nodeKey,
  type BentoNode,
  type ComponentNode,
  type TreeNode,
  type WorkerNode,
} from './tree-node';

/** So few that all of them fit with their components. */
const fewBentos = 4;

/** The values that the row of a component was last compared with. Both are immutable. */
interface Compared {
  readonly component: Component;
  readonly details: ComponentDetails | undefined;
}

interface RenderedRow {
  readonly row: Row;
  /** The row as a text, for comparisons. */
  readonly text: string;
}

/** Makes the rows of all bentos, and finds the rows that a change affects. */
export class TreeRows {
  readonly #manager: BentoReader;
  readonly #l10n: Localize;
  readonly #folderCount: () => number;
  readonly #now: () => number;
  readonly #nodes = new Map<string, TreeNode>();
  readonly #keys = new WeakMap<TreeNode, string>();
  /** The nodes of the components of each bento, as long as it has the same ones. */
  readonly #branches = new Map<string, readonly ComponentNode[]>();
  /** The keys of the children shown last: of the view and of the store. */
  readonly #listed = new Map<'store' | 'view', string>();
  /** The workers shown last, by the key of their component. Engines give new workers new names. */
  readonly #listedWorkers = new Map<string, readonly WorkerNode[]>();
  /** The texts of the rows that were shown last, by node. */
  readonly #shown = new Map<string, string>();
  /** The values compared last, by the key of a component. While they are the same, its row and those of its workers are too. */
  readonly #compared = new Map<string, Compared>();
  /** The rows of components and workers, by their immutable values. They are cached: each row is compared, then shown. */
  readonly #rendered = new WeakMap<
    Component | ComponentWorker,
    RenderedRow & { readonly details?: ComponentDetails | undefined }
  >();
  /** The keys of components that were shown, by bento. */
  readonly #shownComponents = new Map<string, Set<string>>();

  /** `now`: milliseconds since the epoch. */
  constructor(manager: BentoReader, l10n: Localize, folderCount: () => number, now: () => number) {
    this.#manager = manager;
    this.#l10n = l10n;
    this.#folderCount = folderCount;
    this.#now = now;
  }

  roots(): readonly TreeNode[] {
    this.#forgetAllBut(this.#manager.bentos);
    const nodes = this.#roots();
    this.#listed.set('view', keysOf(nodes));
    if (!nodes.some(({ kind }) => kind === 'store')) this.#listed.delete('store');
    return nodes;
  }

  children(node: TreeNode): readonly TreeNode[] {
    switch (node.kind) {
      case 'store': {
        const nodes = this.#storeNodes();
        this.#listed.set('store', keysOf(nodes));
        return nodes;
      }
      case 'bento':
        return this.#componentNodes(node);
      case 'component':
        return this.#listWorkers(node);
      case 'worker':
        return [];
    }
  }

  parent(node: TreeNode): TreeNode | undefined {
    if (node.kind === 'worker') return this.#node(componentNode(node));
    if (node.kind === 'component') return this.bentoNode(node.bento);
    if (node.kind === 'bento' && this.#manager.bento(node.bento)?.source === 'store') {
      return this.#node({ kind: 'store' });
    }
    return undefined;
  }

  bentoNode(id: string): BentoNode {
    return this.#node({ kind: 'bento', bento: id });
  }

  /** The row to show now. */
  row(node: TreeNode): Row | undefined {
    const rendered = this.#render(node);
    if (rendered === undefined) return undefined;
    const key = this.#key(node);
    if (node.kind === 'component' || node.kind === 'worker') this.#follow(node);
    this.#shown.set(key, rendered.text);
    if (node.kind === 'component') this.#componentsShown(node.bento).add(key);
    return rendered.row;
  }

  tooltip(node: TreeNode): readonly Markdown[] {
    if (node.kind === 'worker') {
      const worker = this.#worker(node);
      return worker === undefined ? [] : workerTooltip(worker, this.#l10n, this.#now());
    }
    const component = node.kind === 'component' ? this.#component(node) : undefined;
    return node.kind === 'component' && component !== undefined
      ? componentTooltip(component, this.#details(node), this.#l10n, { now: this.#now(), node })
      : (this.#render(node)?.row.tooltip ?? []);
  }

  /**
   * Finds the nodes whose rows changed after the list of bentos may have changed. Gives undefined if the roots changed:
   * only then is the whole view refreshed, because VS Code runs a command from a row's menu without the row meanwhile.
   */
  changedAfterListing(): readonly TreeNode[] | undefined {
    if (this.#listed.get('view') !== keysOf(this.#roots())) return undefined;
    const { bentos } = this.#manager;
    this.#forgetAllBut(bentos);
    const inStore = this.#listed.get('store');
    const group =
      inStore === undefined || inStore === keysOf(this.#storeNodes())
        ? []
        : [this.#node({ kind: 'store' })];
    return [...new Set([...group, ...bentos.flatMap(({ id }) => this.changed(id))])];
  }

  /** The nodes whose rows look different now that a bento changed; with a bento's node come its components. */
  changed(id: string): readonly TreeNode[] {
    const bento = this.#manager.bento(id);
    if (bento === undefined) return [];
    const node = this.bentoNode(id);
    const group = bento.source === 'store' ? [this.#node({ kind: 'store' })] : [];
    const components = this.#componentNodes(node);
    const known = this.#componentsShown(id);
    const isNew = components.some((child) => !this.#shown.has(this.#key(child)));
    // Rows that were never asked for are in a closed branch.
    if (known.size > 0 && (isNew || known.size !== components.length)) {
      this.#forgetComponents(id);
      return [...group.filter((one) => this.#differs(one)), node];
    }
    const different = [...group, node].filter((one) => this.#differs(one));
    if (different.includes(node)) return different;
    const changed = components.flatMap((one, index) =>
      this.#changedIn(one, bento.components[index]),
    );
    return [...different, ...changed];
  }

  /** Notes which value a row is going to show. If that is another one, the next change compares all rows of the component. */
  #follow(node: ComponentNode | WorkerNode): void {
    const key = node.kind === 'component' ? this.#key(node) : nodeKey(componentNode(node));
    const component = this.#component(node);
    if (component === undefined) return;
    if (node.kind === 'component' && !this.#shown.has(key)) {
      this.#compared.set(key, { component, details: this.#details(node) });
    } else if (this.#compared.get(key)?.component !== component) this.#compared.delete(key);
  }

  /** Returns the component if its row or its list of workers has changed, otherwise the workers whose rows have. */
  #changedIn(node: ComponentNode, component: Component | undefined): readonly TreeNode[] {
    const key = this.#key(node);
    const details = this.#details(node);
    const compared = this.#compared.get(key);
    const isSame = compared?.component === component && compared?.details === details;
    if (isSame && component !== undefined && !isTimed(component, details)) return [];
    if (component !== undefined) this.#compared.set(key, { component, details });
    return this.#differencesIn(node, component?.workers ?? [], compared?.component.workers);
  }

  #differencesIn(
    component: ComponentNode,
    workers: readonly ComponentWorker[],
    compared: readonly ComponentWorker[] = [],
  ): readonly TreeNode[] {
    const listed = this.#listedWorkers.get(this.#key(component));
    const isOther = listed !== undefined && !areNodesOf(listed, workers);
    if (isOther && workers.length === 0) this.#listWorkers(component);
    if (isOther || this.#differs(component)) return [component];
    return (listed ?? []).filter(
      (one, index) => workers[index] !== compared[index] && this.#differs(one, workers[index]),
    );
  }

  #roots(): readonly TreeNode[] {
    const { bentos } = this.#manager;
    const own = bentos.filter(({ source }) => source !== 'store');
    const nodes: TreeNode[] = own.map(({ id }) => this.bentoNode(id));
    return own.length === bentos.length ? nodes : [...nodes, this.#node({ kind: 'store' })];
  }

  #storeNodes(): readonly TreeNode[] {
    return this.#store().map(({ id }) => this.bentoNode(id));
  }

  #componentNodes({ bento }: BentoNode): readonly ComponentNode[] {
    const components = this.#manager.bento(bento)?.components ?? [];
    const last = this.#branches.get(bento);
    const isSame = (node: ComponentNode, index: number): boolean =>
      node.component === components[index]?.id;
    if (last?.length === components.length && last.every(isSame)) return last;
    const nodes = components.map(({ id }) =>
      this.#node<ComponentNode>({ kind: 'component', bento, component: id }),
    );
    this.#branches.set(bento, nodes);
    return nodes;
  }

  #listWorkers(node: ComponentNode): readonly WorkerNode[] {
    const key = this.#key(node);
    const workers = this.#component(node)?.workers ?? [];
    const listed = this.#listedWorkers.get(key);
    if (listed !== undefined && areNodesOf(listed, workers)) return listed;
    const nodes = workers.map(({ name }) =>
      this.#node<WorkerNode>({ ...node, kind: 'worker', worker: name }),
    );
    this.#forgetWorkers(key, new Set(nodes));
    if (nodes.length > 0) this.#listedWorkers.set(key, nodes);
    return nodes;
  }

  #forgetWorkers(component: string, except: ReadonlySet<WorkerNode> = new Set()): void {
    for (const node of this.#listedWorkers.get(component) ?? []) {
      if (except.has(node)) continue;
      this.#nodes.delete(this.#key(node));
      this.#shown.delete(this.#key(node));
    }
    this.#listedWorkers.delete(component);
  }

  #differs(node: TreeNode, worker?: ComponentWorker): boolean {
    const shown = this.#shown.get(this.#key(node));
    if (shown === undefined) return false;
    const rendered = worker === undefined ? this.#render(node) : this.#workerRow(worker);
    return shown !== rendered?.text;
  }

  #render(node: TreeNode): RenderedRow | undefined {
    switch (node.kind) {
      case 'store':
        return renderedRow(storeRow(this.#store(), this.#l10n));
      case 'bento': {
        const bento = this.#manager.bento(node.bento);
        return bento && renderedRow(this.#bentoRow(bento));
      }
      case 'component': {
        const component = this.#component(node);
        return component && this.#componentRow(component, this.#details(node));
      }
      case 'worker': {
        const worker = this.#worker(node);
        return worker && this.#workerRow(worker);
      }
    }
  }

  #componentRow(component: Component, details: ComponentDetails | undefined): RenderedRow {
    const last = this.#rendered.get(component);
    if (last !== undefined && last.details === details && !isTimed(component, details)) return last;
    const row = componentRow(component, details, this.#l10n, this.#now());
    const rendered = { ...renderedRow(row), details };
    this.#rendered.set(component, rendered);
    return rendered;
  }

  #workerRow(worker: ComponentWorker): RenderedRow {
    const rendered = this.#rendered.get(worker) ?? renderedRow(workerRow(worker, this.#l10n));
    this.#rendered.set(worker, rendered);
    return rendered;
  }

  #bentoRow(bento: Bento): Row {
    const discovered = this.#manager.discovered(bento.id);
    const isStore = bento.source === 'store';
    const isLocal = bento.source !== 'remote';
    const details = bento.components.map(({ id }) => this.#manager.details(bento.id, id));
    const isPaused = (_: Component, index: number): boolean =>
      details[index]?.debugging === 'paused';
    const context = {
      folderName: this.#folderCount() > 1 && !isStore ? basename(bento.folder) : undefined,
      ...(isLocal ? { reference: discovered?.reference, workingDir: discovered?.workingDir } : {}),
      isNameProvisional: discovered?.isNameProvisional === true,
      hasTerminal: details.some((one) => one !== undefined),
      notDebuggable: details.length > 0 && details.every((one) => one?.notDebuggable !== undefined),
      paused: bento.components.filter(isPaused).map(({ id }) => id),
      hasProfiles: this.#manager.profiles(bento.id).names.length > 0,
      drift: this.#manager.drift(bento.id),
      target: this.#target(bento),
      warnings: this.#manager.warnings(bento.id),
      stop: bento.state === 'stopping' ? this.#longestStop(bento) : undefined,
      now: this.#now(),
      expanded: isServed(bento) || (!isStore && this.#manager.bentos.length <= fewBentos),
    };
    return bentoRow(bento, context, this.#l10n);
  }

  /** Returns where a bento is served, or would be. */
  #target({ id, state, engine }: Bento): TargetKind {
    if (engine !== undefined) return engine.kind;
    const isOnThisMachine = state === 'ready' || state === 'degraded' || state === 'stopping';
    return isOnThisMachine ? 'local' : this.#manager.target(id);
  }

  #longestStop({ id, components }: Bento): StopTimes | undefined {
    const stops = components.flatMap((one) => this.#manager.details(id, one.id)?.stop ?? []);
    return stops.sort((one, other) => other.forceAt - one.forceAt)[0];
  }

  #store(): readonly Bento[] {
    return this.#manager.bentos.filter(({ source }) => source === 'store');
  }

  #component({
    bento,
    component,
  }: Pick<ComponentNode, 'bento' | 'component'>): Component | undefined {
    return byId(this.#manager.bento(bento)?.components ?? [], component);
  }

  #worker(node: WorkerNode): ComponentWorker | undefined {
    return this.#component(node)?.workers?.find(({ name }) => name === node.worker);
  }

  #details({ bento, component }: ComponentNode): ReturnType<BentoReader['details']> {
    return this.#manager.details(bento, component);
  }

  /** The key tells the kind, so that what is known under it is of the same. */
  #node<T extends TreeNode>(wanted: T): T {
    const key = nodeKey(wanted);
    const known = (this.#nodes.get(key) as T | undefined) ?? wanted;
    this.#nodes.set(key, known);
    return known;
  }

  /** Long keys are made only once. */
  #key(node: TreeNode): string {
    const known = this.#keys.get(node) ?? nodeKey(node);
    this.#keys.set(node, known);
    return known;
  }

  #componentsShown(id: string): Set<string> {
    const shown = this.#shownComponents.get(id) ?? new Set();
    this.#shownComponents.set(id, shown);
    return shown;
  }

  #forgetComponents(id: string): void {
    for (const key of this.#componentsShown(id)) {
      this.#shown.delete(key);
      this.#compared.delete(key);
      this.#forgetWorkers(key);
    }
    this.#shownComponents.delete(id);
  }

  #forgetAllBut(bentos: readonly Bento[]): void {
    const there = new Set(bentos.map(({ id }) => id));
    for (const id of this.#shownComponents.keys()) {
      if (!there.has(id)) this.#forgetComponents(id);
    }
    for (const [key, node] of this.#nodes) {
      if (node.kind === 'store' || there.has(node.bento)) continue;
      this.#nodes.delete(key);
      this.#listedWorkers.delete(key);
      this.#compared.delete(key);
      this.#shown.delete(key);
    }
    for (const id of this.#branches.keys()) if (!there.has(id)) this.#branches.delete(id);
  }
}

/** Whether these are the nodes of the workers. */
const areNodesOf = (nodes: readonly WorkerNode[], workers: readonly ComponentWorker[]): boolean =>
  nodes.length === workers.length &&
  nodes.every(({ worker }, index) => worker === workers[index]?.name);

const renderedRow = (row: Row): RenderedRow => ({ row, text: JSON.stringify(row) });

/** Whether the row of a component shows how long something takes. */
const isTimed = ({ state }: Component, details: ComponentDetails | undefined): boolean =>
  state === 'starting' || details?.stop !== undefined;

const componentNode = ({ bento, component }: ComponentNode | WorkerNode): ComponentNode => ({
  ...{ kind: 'component', bento, component },
});

const keysOf = (nodes: readonly TreeNode[]): string => nodes.map(nodeKey).join('\n');
