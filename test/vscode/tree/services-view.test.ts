import { beforeEach, expect, it, vi } from 'vitest';
import { BentoTree } from '../../../src/vscode/tree/bento-tree';
import { SecondTicks } from '../../../src/vscode/tree/second-ticks';
import { ServicesView } from '../../../src/vscode/tree/services-view';
import { bento, fakeManager } from '../../support/bentos';
import { user, window } from '../../support/fake-vscode';
import { ManualClock } from '../../support/manual-clock';

beforeEach(() => user.reset());

const idle = bento();

function setUp() {
  const revealed: unknown[] = [];
  vi.spyOn(window, 'createTreeView').mockImplementation((() => ({
    visible: true,
    badge: undefined,
    reveal: (node: unknown) => Promise.resolve(void revealed.push(node)),
    dispose: () => undefined,
  })) as never);
  const manager = fakeManager([idle]);
  const clock = new ManualClock();
  const ticks = new SecondTicks(manager, clock);
  const tree = new BentoTree(manager, clock, ticks);
  const shown: string[] = [];
  const paint = (): void => {
    for (const node of tree.getChildren()) {
      shown.push(`${String(clock.now())} ${String(tree.getTreeItem(node).description)}`);
    }
  };
  paint();
  tree.onDidChangeTreeData(paint);
  const view = new ServicesView(manager, tree, () => true, clock, ticks);
  return { revealed, manager, clock, tree, view, shown };
}

it('unfolds a bento that was served while the list was read again', async () => {
  const { revealed, manager, clock } = setUp();
  manager.change({ ...idle, problem: { code: 'settings', message: 'x' } });
  await clock.pass(50);
  // Adopted: it runs already, and nothing else happens to it. Discovery reads the list again.
  manager.change({ ...idle, state: 'ready' });
  manager.list([{ ...idle, state: 'ready' }]);
  await clock.pass(2000);
  expect(revealed).toHaveLength(1);
});

it('unfolds the next serve of a bento that stopped while the list was read again', async () => {
  const { revealed, manager, clock } = setUp();
  manager.change({ ...idle, state: 'starting' });
  await clock.pass(1000);
  manager.change({ ...idle, state: 'ready' });
  await clock.pass(1000);
  expect(revealed).toHaveLength(1);
  manager.change({ ...idle, state: 'stopping' });
  await clock.pass(50);
  manager.change({ ...idle, state: 'stopped' });
  // A file is saved, and discovery reads the list again.
  manager.list(manager.bentos);
  await clock.pass(1000);
  manager.change({ ...idle, state: 'starting' });
  await clock.pass(1000);
  manager.change({ ...idle, state: 'ready' });
  await clock.pass(1000);
  expect(revealed).toHaveLength(2);
});

it('shows at once that a bento is served that was starting when it left the list', async () => {
  const { manager, clock, shown } = setUp();
  manager.change({ ...idle, state: 'starting' });
  await clock.pass(1000);
  manager.list([]);
  await clock.pass(1000);
  manager.list([idle]);
  await clock.pass(1000);
  shown.length = 0;
  const at = clock.now();
  manager.change({ ...idle, state: 'starting' });
  await clock.pass(1000);
  expect(shown[0]).toBe(`${String(at)} ${shown[0]?.split(' ').slice(1).join(' ')}`);
});
