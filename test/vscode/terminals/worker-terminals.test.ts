import { beforeEach, expect, it, vi } from 'vitest';
import type { OutputRequest } from '../../../src/core/logs/worker-log';
import { untilAborted } from '../../../src/core/until-aborted';
import { WorkerTerminals } from '../../../src/vscode/terminals/worker-terminals';
import { bento, component, fakeManager } from '../../support/bentos';
import { ManualClock } from '../../support/manual-clock';
import { settle } from '../../support/settle';

interface Opened {
  readonly name: string;
  readonly pty: { open(): void; close(): void; handleInput(data: string): void };
  shown: number;
}

const opened = vi.hoisted(() => [] as Opened[]);

vi.mock('../../../src/vscode/plain-window', () => ({
  plainWindow: {
    createTerminal: (options: Opened) => {
      const terminal = { ...options, shown: 0 };
      opened.push(terminal);
      return {
        show: () => (terminal.shown += 1),
        // VS Code closes the pseudoterminal.
        dispose: () => terminal.pty.close(),
      };
    },
  },
}));

const worker = { name: 'search-http-1', shortName: 'http-1', state: 'ready', restarts: 1 } as const;
const served = bento({
  engine: { kind: 'kubernetes' },
  components: [component({ workers: [worker] })],
});
const target = { bento: served.id, component: 'http', worker: worker.name };

beforeEach(() => void opened.splice(0));

function window(): {
  readonly terminals: WorkerTerminals;
  readonly manager: ReturnType<typeof fakeManager>;
  readonly clock: ManualClock;
  readonly requests: OutputRequest[];
} {
  const requests: OutputRequest[] = [];
  const manager = fakeManager([served]);
  manager.onEngine = () =>
    ({
      printOutput: (_: string, request: OutputRequest) => {
        requests.push(request);
        return untilAborted(request.signal, new Promise(() => undefined));
      },
    }) as never;
  const clock = new ManualClock();
  return { terminals: new WorkerTerminals(manager, clock), manager, clock, requests };
}

it('each worker has one terminal, and another one for its previous container', () => {
  const { terminals, requests } = window();
  terminals.show(target, false);
  terminals.show(target, false);
  terminals.show(target, true);
  expect(opened.map(({ name, shown }) => [name, shown])).toEqual([
    ['http-1', 2],
    ['http-1 (previous container)', 1],
  ]);
  expect(requests.map(({ previous }) => previous)).toEqual([false, true]);
});

it('closing the tab or Ctrl+C ends the program; then the log can be shown again', async () => {
  const { terminals, requests } = window();
  terminals.show(target, false);
  opened[0]?.pty.close();
  expect(requests[0]?.signal.aborted).toBe(true);
  terminals.show(target, false);
  expect(opened).toHaveLength(2);
  opened[1]?.pty.handleInput('\u0003');
  await settle();
  expect(requests[1]?.signal.aborted).toBe(true);
  terminals.show(target, false);
  expect(requests).toHaveLength(3);
});

it('everything ends with the window', async () => {
  const { terminals, requests, clock } = window();
  terminals.show(target, false);
  terminals.show(target, true);
  terminals.dispose();
  expect(requests.every(({ signal }) => signal.aborted)).toBe(true);
  await settle();
  expect(clock.waiting).toBe(0);
});
