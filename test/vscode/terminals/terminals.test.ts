import { beforeEach, expect, it, vi } from 'vitest';
import { Terminals } from '../../../src/vscode/terminals/terminals';
import { bento, component, details, fakeManager } from '../../support/bentos';
import { ManualClock } from '../../support/manual-clock';

interface Opened {
  readonly name: string;
  readonly pty: { open(): void; close(): void };
}

const opened = vi.hoisted(() => [] as Opened[]);

vi.mock('../../../src/vscode/plain-window', () => ({
  plainWindow: {
    createTerminal: (options: Opened) => {
      opened.push(options);
      return { show: () => undefined, dispose: () => options.pty.close() };
    },
  },
}));

beforeEach(() => void opened.splice(0));

const idle = bento({ components: [component()] });

function setUp() {
  const manager = fakeManager([idle]);
  const clock = new ManualClock();
  const terminals = new Terminals({ manager, clock, onInterrupt: () => undefined });
  const begin = (): void => {
    manager.known.set(`${idle.id} http`, manager.known.get(`${idle.id} http`) ?? details());
    manager.change({ ...idle, state: 'starting' });
  };
  return { manager, clock, terminals, begin };
}

it('a terminal that was opened from the row and closed during the start stays closed', async () => {
  const { manager, clock, terminals, begin } = setUp();
  begin();
  await clock.pass(500);
  terminals.show(idle.id, 'http');
  expect(opened).toHaveLength(1);
  // The user closes its tab.
  opened[0]?.pty.close();
  manager.change({ ...idle, state: 'ready' });
  await clock.pass(1000);
  expect(opened).toHaveLength(1);
});

it('no terminal opens after the click on Stop', async () => {
  const { manager, clock, begin } = setUp();
  begin();
  await clock.pass(1000);
  manager.change({ ...idle, state: 'stopping' });
  // Its workers end in two seconds.
  await clock.pass(2000);
  manager.change({ ...idle, state: 'stopped' });
  await clock.pass(5000);
  expect(opened).toHaveLength(0);
});

it('the terminals of a second start are not opened by the timer of the one that was stopped', async () => {
  const { manager, clock, begin } = setUp();
  begin();
  await clock.pass(2500);
  manager.change({ ...idle, state: 'stopped' });
  expect(clock.waiting).toBe(0);
  begin();
  await clock.pass(600);
  expect(opened).toHaveLength(0);
});
