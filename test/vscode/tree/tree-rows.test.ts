import { describe, expect, it, vi } from 'vitest';
import type { Bento, ComponentWorker } from '../../../src/core/model';
import { nodeKey, type TreeNode } from '../../../src/vscode/tree/tree-node';
import { TreeRows } from '../../../src/vscode/tree/tree-rows';
import { bento, component, details, fakeManager, type FakeManager } from '../../support/bentos';
import { english } from '../../support/english';

const runner = component({ id: 'runner:upper', kind: 'runner', name: 'upper' });
const two = bento({ components: [component(), runner] });
const other = bento({ id: 'other.py:svc', name: 'other' });
const built = bento({ id: 'store:iris:1', name: 'iris:1', source: 'store' });

const rowsOf = (manager: FakeManager): TreeRows =>
  new TreeRows(
    manager,
    english,
    () => 1,
    () => 0,
  );

/** As VS Code does: asks for everything that is unfolded. */
function showAll(rows: TreeRows): void {
  const show = (node: TreeNode): void => {
    rows.row(node);
    rows.children(node).forEach(show);
  };
  rows.roots().forEach(show);
}

const keys = (nodes: readonly TreeNode[]): readonly string[] => nodes.map(nodeKey);

it('puts built bentos into a group at the end', () => {
  const rows = rowsOf(fakeManager([built, two]));
  expect(keys(rows.roots())).toEqual(['bento service.py:Search', 'store']);
  const [, store] = rows.roots();
  if (store === undefined) throw new Error('no group');
  expect(keys(rows.children(store))).toEqual(['bento store:iris:1']);
  expect(rows.parent(rows.bentoNode('store:iris:1'))).toBe(store);
});

it('gives the same object for the same row', () => {
  const manager = fakeManager([two]);
  const rows = rowsOf(manager);
  const before = rows.roots();
  manager.list([other, two]);
  expect(rows.roots()[1]).toBe(before[0]);
});

it('refreshes only the row that looks different', () => {
  const manager = fakeManager([two, other]);
  const rows = rowsOf(manager);
  showAll(rows);
  const slower = component({ state: 'starting', host: '127.0.0.1', port: 3000 });
  manager.change({ ...two, components: [slower, runner] });
  expect(keys(rows.changed(two.id))).toEqual(['component service.py:Search http']);
  showAll(rows);
  expect(rows.changed(two.id)).toEqual([]);
  expect(rows.changed(other.id)).toEqual([]);
});

it('refreshes a bento with all its rows when its own row differs or components come and go', () => {
  const manager = fakeManager([two]);
  const rows = rowsOf(manager);
  showAll(rows);
  manager.change({ ...two, state: 'starting' });
  expect(keys(rows.changed(two.id))).toEqual(['bento service.py:Search']);
  showAll(rows);
  manager.change({ ...two, state: 'starting', components: [component()] });
  expect(keys(rows.changed(two.id))).toEqual(['bento service.py:Search']);
});

it('sees output that comes, as it brings a terminal', () => {
  const manager = fakeManager([two]);
  const rows = rowsOf(manager);
  showAll(rows);
  manager.known.set(`${two.id} runner:upper`, details());
  expect(keys(rows.changed(two.id))).toContain('bento service.py:Search');
});

it('refreshes everything only when the roots are others', () => {
  const manager = fakeManager([two, other, built]);
  const rows = rowsOf(manager);
  expect(rows.changedAfterListing()).toBeUndefined();
  showAll(rows);
  expect(rows.changedAfterListing()).toEqual([]);
  manager.list([two, { ...other, state: 'ready' }, built]);
  expect(keys(rows.changedAfterListing() ?? [])).toEqual(['bento other.py:svc']);
  showAll(rows);
  for (const bentos of [
    [two, built],
    [other, two, built],
    [two, other],
  ]) {
    manager.list(bentos);
    expect(rows.changedAfterListing()).toBeUndefined();
    showAll(rows);
    expect(rows.changedAfterListing()).toEqual([]);
  }
});

it('refreshes the group of built bentos when its bentos are others', () => {
  const manager = fakeManager([two, built]);
  const rows = rowsOf(manager);
  showAll(rows);
  const newer = { ...built, id: 'store:iris:2', name: 'iris:2' };
  manager.list([two, newer]);
  expect(keys(rows.changedAfterListing() ?? [])).toEqual(['store']);
  expect(rows.row(rows.bentoNode(built.id))).toBeUndefined();
  showAll(rows);
  expect(rows.changedAfterListing()).toEqual([]);
});

it('does not ask for what is in a closed group', () => {
  const manager = fakeManager([two, built]);
  const rows = rowsOf(manager);
  for (const node of rows.roots()) rows.row(node);
  manager.list([two, { ...built, id: 'store:iris:2' }]);
  expect(rows.changedAfterListing()).toEqual([]);
});

it('forgets what is gone', () => {
  const manager = fakeManager([two]);
  const rows = rowsOf(manager);
  const [node] = rows.roots();
  manager.list([]);
  expect(rows.roots()).toEqual([]);
  expect(node && rows.row(node)).toBeUndefined();
  expect(rows.changed(two.id)).toEqual([]);
});

it('counts down on the row of a bento, for the component that may take longest', () => {
  let now = 0;
  const stopping = { ...two, state: 'stopping' } as const;
  const manager = fakeManager([stopping]);
  const rows = new TreeRows(
    manager,
    english,
    () => 1,
    () => now,
  );
  manager.known.set(`${two.id} http`, details({ stop: { since: 0, forceAt: 4000 } }));
  manager.known.set(`${two.id} ${runner.id}`, details({ stop: { since: 0, forceAt: 10_000 } }));
  showAll(rows);
  expect(rows.changed(two.id)).toEqual([]);
  now = 3000;
  expect(keys(rows.changed(two.id))).toContain(`bento ${two.id}`);
  expect(rows.row(rows.bentoNode(two.id))?.description).toContain('killed in 7 s');
});

it('says where a bento runs, not where it would be served next', () => {
  const runs = bento({ state: 'ready', components: [component({ state: 'ready', pids: [1] })] });
  const manager = fakeManager([runs, other]);
  manager.target = () => 'compose';
  const rows = rowsOf(manager);
  const descriptions = rows.roots().map((node) => rows.row(node)?.description);
  expect(descriptions[0]).not.toContain('Docker Compose');
  expect(descriptions[1]).toContain('on Docker Compose');
});

describe('workers', () => {
  const worker = (name: string, values: Partial<ComponentWorker> = {}): ComponentWorker => ({
    ...{ name, state: 'ready', restarts: 0, startedAt: 0 },
    ...values,
  });
  const served = (...workers: readonly ComponentWorker[]): Bento =>
    bento({
      state: 'ready',
      engine: { kind: 'compose' },
      components: [component({ state: 'ready', workers })],
    });
  const [a, b] = [worker('a'), worker('b')];
  const key = (name: string): string => `worker ${two.id} http ${name}`;

  it('offer the log of the previous container where there is one', () => {
    const bentos = [served(worker('c', { hasPreviousLog: true }), worker('d'))];
    const rows = rowsOf(fakeManager(bentos));
    const nodes = rows.children(rows.bentoNode(two.id)).flatMap((one) => rows.children(one));
    const contexts = nodes.map((node) => rows.row(node)?.contextValue);
    expect(contexts).toEqual(['worker:hasShell:hasPreviousLog', 'worker:hasShell']);
  });

  it('are below their component', () => {
    const rows = rowsOf(fakeManager([served(a, b)]));
    showAll(rows);
    const [http] = rows.children(rows.bentoNode(two.id));
    if (http === undefined) throw new Error('no component');
    const [first] = rows.children(http);
    expect(keys(rows.children(http))).toEqual([key('a'), key('b')]);
    expect(first && rows.parent(first)).toBe(http);
    expect(rows.row(http)?.collapsible).toBe('collapsed');
  });

  it('change alone, and do not change because the time passes', () => {
    let now = 0;
    const manager = fakeManager([served(a, b)]);
    const rows = new TreeRows(
      manager,
      english,
      () => 1,
      () => now,
    );
    showAll(rows);
    now = 3_600_000;
    expect(rows.changed(two.id)).toEqual([]);
    manager.change(served(a, worker('b', { state: 'unhealthy' })));
    const [changed, ...others] = rows.changed(two.id);
    expect(keys(changed === undefined ? [] : [changed])).toEqual([key('b')]);
    expect(others).toEqual([]);
    // At hover, how long it has been up is of now.
    const shown = changed === undefined ? [] : rows.tooltip(changed);
    expect(JSON.stringify(shown)).toContain('Up for 1 h');
  });

  it('that come and go refresh their component, and are forgotten', () => {
    const manager = fakeManager([served(a, b)]);
    const rows = rowsOf(manager);
    showAll(rows);
    const [http] = rows.children(rows.bentoNode(two.id));
    if (http === undefined) throw new Error('no component');
    const [gone] = rows.children(http);
    for (const workers of [[b], [b, worker('c')], [worker('d'), worker('c')], [], [a, b]]) {
      manager.change(served(...workers));
      expect(keys(rows.changed(two.id))).toEqual([`component ${two.id} http`]);
      showAll(rows);
      expect(rows.changed(two.id)).toEqual([]);
    }
    // A new node: nothing is left of the earlier one of this name.
    expect(rows.children(http)[0]).not.toBe(gone);
    manager.change(two);
    rows.changed(two.id);
    showAll(rows);
    expect(rows.children(http)).toEqual([]);
  });

  it('of a closed component are not looked at', () => {
    const manager = fakeManager([served(a, b)]);
    const rows = rowsOf(manager);
    const [node] = rows.roots();
    if (node === undefined) throw new Error('no bento');
    rows.row(node);
    rows.children(node).forEach((child) => rows.row(child));
    manager.change(served(worker('a', { state: 'failed' }), worker('new')));
    expect(rows.changed(two.id)).toEqual([]);
  });

  it('are 5,000 of 1,000 components: one change is one row', () => {
    const many = Array.from({ length: 1_000 }, (_, index) =>
      component({
        ...{ id: `service:S${index}`, kind: 'service', name: `S${index}`, state: 'ready' },
        workers: [1, 2, 3, 4, 5].map((number) => worker(`s${index}-${number}`)),
      }),
    );
    const whole = bento({ state: 'degraded', engine: { kind: 'kubernetes' }, components: many });
    const manager = fakeManager([whole]);
    const rows = rowsOf(manager);
    showAll(rows);
    expect(rows.changed(whole.id)).toEqual([]);
    const changed = many.map((one) =>
      one.id === 'service:S777'
        ? { ...one, workers: one.workers?.with(2, worker('s777-3', { restarts: 1 })) ?? [] }
        : one,
    );
    manager.change({ ...whole, components: changed });
    expect(keys(rows.changed(whole.id))).toEqual([`worker ${whole.id} service:S777 s777-3`]);
  });

  it('are compared only in the component that is another object now', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      component({
        ...{ id: `service:S${index}`, kind: 'service', name: `S${index}`, state: 'ready' },
        workers: [worker(`s${index}-1`), worker(`s${index}-2`)],
      }),
    );
    const whole = bento({ state: 'ready', engine: { kind: 'kubernetes' }, components: many });
    const manager = fakeManager([whole]);
    const t = vi.spyOn(english, 't');
    const rows = rowsOf(manager);
    showAll(rows);
    const own = t.mock.calls.length;
    t.mockClear();
    const [, second] = many;
    if (second === undefined) throw new Error('no component');
    const workers = [worker('s1-1', { restarts: 1 }), worker('s1-2')];
    manager.change({ ...whole, components: many.with(1, { ...second, workers }) });
    expect(keys(rows.changed(whole.id))).toEqual([`worker ${whole.id} service:S1 s1-1`]);
    // The row of the bento, that of the component, and those of its workers.
    expect(t.mock.calls.length).toBeLessThan(own / 10);
    t.mockRestore();
  });

  it('that were drawn between two changes are compared with what they show', () => {
    const before = served(a, b);
    const manager = fakeManager([before]);
    const rows = rowsOf(manager);
    showAll(rows);
    expect(rows.changed(two.id)).toEqual([]);
    manager.change(served(worker('a', { restarts: 3 }), b));
    // VS Code draws everything again for another reason, before it is told of the change.
    showAll(rows);
    manager.change(before);
    expect(keys(rows.changed(two.id))).toEqual([key('a')]);
  });
});

it.each([
  ['stopped', undefined, 'on Docker Compose'],
  ['starting', undefined, 'on Docker Compose'],
  // It was chosen while it ran on this machine: a restart would move it.
  ['ready', undefined, undefined],
  ['degraded', undefined, undefined],
  ['stopping', undefined, undefined],
  ['ready', 'compose', 'on Docker Compose'],
  ['ready', 'kubernetes', 'on Kubernetes'],
] as const)('a %s bento on %s is said to be served %s', (state, kind, words) => {
  const engine = kind === undefined ? {} : { engine: { kind } };
  const manager = fakeManager([bento({ ...two, state, ...engine })]);
  manager.target = () => 'compose';
  const rows = rowsOf(manager);
  const description = rows.row(rows.bentoNode(two.id))?.description ?? '';
  if (words === undefined) expect(description).not.toContain('on ');
  else expect(description).toContain(words);
});
