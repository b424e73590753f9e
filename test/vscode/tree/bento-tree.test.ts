import { describe, expect, it } from 'vitest';
import { SecondTicks } from '../../../src/vscode/tree/second-ticks';
import { BentoTree } from '../../../src/vscode/tree/bento-tree';
import { bento, fakeManager } from '../../support/bentos';
import { ManualClock } from '../../support/manual-clock';

const project = bento({ id: 'a.py:A', name: 'A' });
const built = bento({ id: 'store:d:1', name: 'D', source: 'store' });

describe('the tree of bentos', () => {
  const open = () => {
    const manager = fakeManager([project, built]);
    const clock = new ManualClock();
    const tree = new BentoTree(manager, clock, new SecondTicks(manager, clock));
    const shown: string[] = [];
    tree.onDidShow((ids) => shown.push(...ids));
    return { tree, shown, manager, clock };
  };

  it('says which bentos it shows, those of a closed group when it is opened', () => {
    const { tree, shown } = open();
    const [first, store] = tree.getChildren();
    expect(shown).toEqual([project.id]);
    expect(first && tree.getChildren(first)).toHaveLength(1);
    expect(shown).toEqual([project.id]);
    expect(store && tree.getChildren(store)).toHaveLength(1);
    expect(shown).toEqual([project.id, built.id]);
  });

  it('keeps its rows while the list of bentos is the same', async () => {
    const { tree, manager, clock } = open();
    const refreshed: unknown[] = [];
    tree.onDidChangeTreeData((nodes) => refreshed.push(nodes));
    const [first, store] = tree.getChildren();
    for (const node of [first, store]) if (node) tree.getTreeItem(node);
    manager.list([{ ...project, state: 'ready' }, built]);
    await clock.pass(250);
    manager.list([{ ...project, state: 'ready' }]);
    expect(refreshed).toEqual([[first], undefined]);
  });

  it('shows a start and its end at once, and delays changes of components in between', async () => {
    const { tree, manager, clock } = open();
    const shown: string[] = [];
    tree.onDidChangeTreeData(() => {
      const [first] = tree.getChildren();
      shown.push(`${String(clock.now())} ${String(first && tree.getTreeItem(first).description)}`);
    });
    for (const node of tree.getChildren()) tree.getTreeItem(node);
    const [http] = project.components.map((one) => ({ ...one, state: 'starting' as const }));
    if (http === undefined) throw new Error('The bento has no component.');
    manager.change({ ...project, state: 'starting' });
    await clock.pass(100);
    manager.change({ ...project, state: 'starting', components: [http] });
    await clock.pass(250);
    manager.change({ ...project, state: 'ready' });
    manager.change({ ...project, state: 'stopping' });
    await clock.pass(1000);
    expect(shown.map((one) => one.split(' ').slice(0, 2).join(' '))).toEqual([
      '0 starting',
      '350 ready',
      '560 stopping',
    ]);
  });

  it('starts nothing for a row', () => {
    const { tree, shown, manager, clock } = open();
    const nodes = tree.getChildren();
    shown.length = 0;
    for (const node of nodes) expect(tree.getTreeItem(node).id).not.toBe('');
    expect(shown).toEqual([]);
    expect(manager.calls).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});
