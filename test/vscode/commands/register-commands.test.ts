import { beforeEach, describe, expect, it } from 'vitest';
import { ServeError } from '../../../src/core/problem';
import { BentoChoice } from '../../../src/vscode/commands/bento-choice';
import type { CommandParts } from '../../../src/vscode/commands/command-group';
import { registerCommands } from '../../../src/vscode/commands/register-commands';
import { commandIds, type CommandName } from '../../../src/vscode/identifiers';
import type { ProblemMessages } from '../../../src/vscode/problems/problem-messages';
import { RecentBentos } from '../../../src/vscode/sources/recent-bentos';
import type { Secrets } from '../../../src/vscode/trust/secrets';
import { systemClock } from '../../../src/core/clock';
import { ServeWithProgress } from '../../../src/vscode/lifecycle/serve-with-progress';
import type { Terminals } from '../../../src/vscode/terminals/terminals';
import { bento, component, details, fakeManager, type FakeManager } from '../../support/bentos';
import { user, workspace } from '../../support/fake-vscode';
import { settle } from '../../support/settle';

const url = 'http://127.0.0.1:3000';
const idle = bento({ id: 'a.py:A', name: 'A' });
const running = bento({
  ...{ id: 'b.py:B', name: 'B', state: 'ready' },
  components: [component({ state: 'ready', url, pids: [7] })],
});
const remote = bento({ id: 'watch:C', name: 'C', source: 'remote' });
const built = bento({ id: 'store:d:1', name: 'D', source: 'store' });

const onEngine = bento({
  ...{ id: 'e.py:E', name: 'E', state: 'ready', engine: { kind: 'compose' } },
  components: [
    component({
      state: 'ready',
      workers: [
        { name: 'search-http-1', state: 'ready', restarts: 0 },
        { name: 'serve-bento-1a2b-e-1', shortName: 'e-1', state: 'ready', restarts: 0 },
        { name: 'e-7d9f-x2', state: 'ready', restarts: 0 },
      ],
    }),
  ],
});
const pod = { kind: 'worker', bento: onEngine.id, component: 'http', worker: 'search-http-1' };
const needsRow = 'Run this command on the row of a container or pod in the view.';

interface Window {
  readonly manager: FakeManager;
  /** What was called beside the manager. */
  readonly calls: string[];
  run(name: CommandName, argument?: unknown): Promise<string[]>;
}

/** A window with these bentos. Running a command gives what was called and shown. */
function open(bentos: FakeManager['bentos'], others: Partial<CommandParts> = {}): Window {
  const manager = fakeManager(bentos);
  const calls: string[] = [];
  const call = (what: string) => () => Promise.resolve(void calls.push(what));
  const messages = {
    show: (error: unknown, id = 'nothing') => {
      calls.push(`problem of ${id}: ${(error as Error).message}`);
      return Promise.resolve();
    },
  } as unknown as ProblemMessages;
  const stored = { get: () => undefined, update: () => Promise.resolve() };
  registerCommands({
    manager,
    choice: new BentoChoice(manager, new RecentBentos(stored)),
    progress: new ServeWithProgress(systemClock, manager, messages),
    messages,
    terminals: { show: () => false } as unknown as Terminals,
    log: { show: () => void calls.push('log') },
    secrets: { forget: () => Promise.resolve(false) } as unknown as Secrets,
    discovered: () => Promise.resolve(),
    createCertificate: call('certificate'),
    openLog: ({ bento: id = 'all' }) => Promise.resolve(void calls.push(`log of ${id}`)),
    runBentoml: (action, id) => Promise.resolve(void calls.push(`${action} ${id}`)),
    deleteVersion: ({ tag }) => Promise.resolve(void calls.push(`delete ${tag}`)),
    storeDirectory: (kind) => `/store/${kind}`,
    profile: ({ bento: id, component: one }) =>
      Promise.resolve(void calls.push(`profile ${id} ${one}`)),
    dumpStacks: ({ bento: id, component: one }) =>
      Promise.resolve(void calls.push(`stacks ${id} ${one}`)),
    onEngine: {
      showLog: ({ worker }, previous) =>
        Promise.resolve(void calls.push(`${previous ? 'previous log' : 'log'} of ${worker}`)),
      describe: ({ component: one, worker = 'itself' }) =>
        Promise.resolve(void calls.push(`describe ${one} ${worker}`)),
      scale: ({ bento: id, component: one }) =>
        Promise.resolve(void calls.push(`scale ${id} ${one}`)),
      compare: ({ id }) => Promise.resolve(void calls.push(`compare ${id}`)),
    },
    diagnose: () => Promise.resolve('facts'),
    ...others,
  });
  return {
    manager,
    calls,
    run: async (name, argument) => {
      await user.run(commandIds[name], argument);
      await settle();
      return [...manager.calls, ...calls, ...user.seen];
    },
  };
}

beforeEach(() => user.reset());

describe('commands', () => {
  it('are all registered, and go with what they return', () => {
    open([]);
    expect([...user.commands.keys()].sort()).toEqual(Object.values(commandIds).sort());
  });

  it.each<[CommandName, FakeManager['bentos'], unknown, string[]]>([
    ['serve', [idle], undefined, ['serve a.py:A', 'info: A is ready.']],
    ['serve', [idle, running], 'a.py:A', ['serve a.py:A', 'info: A is ready.']],
    ['serve', [idle, running], undefined, ['pick: Which bento? A | B']],
    ['serve', [idle, remote], undefined, ['serve a.py:A', 'info: A is ready.']],
    ['serve', [running], undefined, ['serve b.py:B', `info: B is ready at ${url}`]],
    ['watch', [idle, remote], undefined, ['serve watch:C', 'info: C is ready.']],
    ['stop', [idle, running], undefined, ['stop b.py:B']],
    ['stop', [idle], undefined, ['info: Nothing is being served.']],
    ['restart', [idle], undefined, ['info: Nothing is being served.']],
    ['stopAll', [running], undefined, ['stop all']],
    ['serveComponent', [running], row(running.id, 'http'), ['serve b.py:B http']],
    ['stopComponent', [running], row(running.id, 'http'), ['stop b.py:B http']],
    ['restartComponent', [running], row(running.id, 'http'), ['restart b.py:B http']],
    ['openInBrowser', [idle, running], undefined, [`open: ${url}`]],
    ['openInBrowser', [idle], undefined, ['info: No bento with a URL is being served.']],
    ['copyUrl', [running], undefined, [`status: Copied ${url}`]],
    ['showTerminal', [idle], undefined, ['info: Nothing has been served yet.']],
    ['profile', [idle, running], row(running.id, 'http'), ['profile b.py:B http']],
    ['profile', [idle], undefined, ['info: Nothing is being served.']],
    ['dumpStacks', [running], row(running.id, 'http'), ['stacks b.py:B http']],
    ['dumpStacks', [idle, remote], undefined, ['info: Nothing is being served.']],
    ['showWorkerLog', [onEngine], pod, ['log of search-http-1']],
    ['showPreviousWorkerLog', [onEngine], pod, ['previous log of search-http-1']],
    ['showWorkerLog', [onEngine], undefined, [`info: ${needsRow}`]],
    ['describe', [onEngine], pod, ['describe http search-http-1']],
    ['describe', [onEngine], row(onEngine.id, 'http'), ['describe http itself']],
    ['describe', [onEngine], undefined, [`info: ${needsRow}`]],
    ['scale', [onEngine], row(onEngine.id, 'http'), ['scale e.py:E http']],
    ['scale', [running, onEngine], undefined, ['scale e.py:E http']],
    [
      'scale',
      [running],
      undefined,
      ['info: No component that can be scaled runs in containers or a cluster.'],
    ],
    ['compare', [running, onEngine], undefined, ['compare e.py:E']],
    ['compare', [running], undefined, ['info: No bento is running in containers or a cluster.']],
    ['openLog', [idle], undefined, ['log of all']],
    ['openLog', [idle], idle.id, ['log of a.py:A']],
    ['debug', [idle], undefined, ['debug: launch Debug A']],
    ['debug', [remote], undefined, []],
    ['debug', [], undefined, ['info: There is no bento to debug.']],
    ['attachDebugger', [running], row(running.id, 'http'), ['debug: attach Attach to http · B']],
    [
      'attachDebugger',
      [running],
      { kind: 'bento', bento: running.id },
      ['debug: attach Attach to B'],
    ],
    ['attachDebugger', [idle, running], undefined, ['debug: attach Attach to http · B']],
    ['attachDebugger', [idle], undefined, ['info: Nothing is being served.']],
    ['refresh', [idle], undefined, ['refresh']],
    ['showLog', [idle], undefined, ['log']],
    ['createCertificate', [idle], undefined, ['certificate']],
    ['build', [idle, built], undefined, ['build a.py:A']],
    ['containerize', [idle, built], undefined, ['containerize store:d:1']],
    [
      'configure',
      [running],
      row(running.id, 'http'),
      ['command: workbench.action.openSettings @id:serveBento.http.*'],
    ],
    [
      'configure',
      [running],
      undefined,
      ['command: workbench.action.openSettings @ext:serve-bento.serve-bento'],
    ],
  ])('%s with %j on %j', async (name, bentos, argument, expected) => {
    expect(await open(bentos).run(name, argument)).toEqual(expected);
  });

  it.each<CommandName>(['serve', 'watch', 'serveWithProfile', 'build', 'containerize'])(
    '%s says why there is nothing to do',
    async (name) => {
      const [shown, ...rest] = await open([]).run(name);
      expect(shown).toMatch(/^info: /);
      expect(rest).toEqual([]);
    },
  );

  it('offer to trust the workspace, and serve nothing before', async () => {
    workspace.isTrusted = false;
    expect(await open([idle]).run('serve')).toEqual(['command: workbench.trust.manage']);
  });

  it.each<[CommandName, string]>([
    ['serve', 'Which bento?'],
    ['build', 'Build which bento?'],
  ])('%s acts on the bento that the user chooses, or on none', async (name, question) => {
    const other = bento({ id: 'e.py:E', name: 'E' });
    expect(await open([idle, other]).run(name)).toEqual([`pick: ${question} A | E`]);
    user.reset();
    user.answers.set(question, 'E');
    const seen = await open([idle, other]).run(name);
    expect(seen).toContain(`${name} e.py:E`);
  });

  it('report a failure once, with the bento that it belongs to', async () => {
    const window = open([running]);
    window.manager.answer = () =>
      Promise.reject(new ServeError({ code: 'crashed', message: 'It ended.' }));
    expect(await window.run('stop', running.id)).toEqual([
      'stop b.py:B',
      'problem of b.py:B: It ended.',
    ]);
    const broken = open([idle], { diagnose: () => Promise.reject(new Error('no facts')) });
    expect(await broken.run('copyDiagnostics')).toEqual(['problem of nothing: no facts']);
  });

  it('put diagnostics and URLs on the clipboard', async () => {
    await open([running]).run('copyDiagnostics');
    expect(user.clipboard).toBe('facts');
    await open([running]).run('copyUrl');
    expect(user.clipboard).toBe(url);
  });

  it('show the terminal of a component that has written something', async () => {
    const shown: string[] = [];
    const terminals = {
      show: (id: string, of: string) => shown.push(`${id} ${of}`) > 0,
    } as unknown as Terminals;
    const window = open([idle, running], { terminals });
    window.manager.known.set(`${running.id} http`, details());
    expect(await window.run('showTerminal')).toEqual([]);
    expect(shown).toEqual([`${running.id} http`]);
  });

  it('act on versions of the store', async () => {
    const model = { kind: 'model', tag: 'm:2' };
    expect(await open([built]).run('deleteVersion', model)).toEqual(['delete m:2']);
    expect(await open([built]).run('deleteVersion', built.id)).toEqual(['delete d:1']);
    expect(await open([built]).run('deleteVersion', idle.id)).toEqual([]);
    expect(await open([built]).run('revealVersion', model)).toEqual([
      'command: revealFileInOS file:///store/models/m/2',
    ]);
  });
});

/** As the tree gives it. */
function row(id: string, of: string): object {
  return { kind: 'component', bento: id, component: of };
}

describe('Open Shell', () => {
  it.each([
    ['serve-bento-1a2b-e-1', 'e-1'],
    ['e-7d9f-x2', 'e-7d9f-x2'],
  ])('opens a terminal in %s with the name of its row: %s', async (worker, name) => {
    const window = open([onEngine]);
    window.manager.shell = () => ({ file: '/usr/bin/docker', args: ['exec', worker], env: {} });
    await window.run('openShell', { ...pod, worker });
    expect(user.seen).toEqual([`terminal ${name}: /usr/bin/docker exec ${worker}`]);
  });
});
