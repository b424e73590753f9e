import { beforeEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../../src/core/model';
import { cancelled, ServeError } from '../../../src/core/problem';
import { ProblemMessages } from '../../../src/vscode/problems/problem-messages';
import type { Secrets } from '../../../src/vscode/trust/secrets';
import type { Terminals } from '../../../src/vscode/terminals/terminals';
import { bento, details, fakeManager } from '../../support/bentos';
import { user } from '../../support/fake-vscode';

beforeEach(() => user.reset());

/** Messages about one bento, `iris`, whose component `http` has a terminal. */
function messages(installs: () => Promise<boolean> = () => Promise.resolve(true)) {
  const calls: string[] = [];
  const manager = fakeManager([bento({ id: 'iris', name: 'iris', python: '/venv/python' })]);
  manager.known.set('iris http', details());
  const log = {
    error: (text: string) => void calls.push(`error: ${text}`),
    warn: (text: string) => void calls.push(`warn: ${text}`),
    show: () => void calls.push('show log'),
  };
  const shown = new ProblemMessages({
    log: log as never,
    terminals: {
      show: (id: string, component: string) => void calls.push(`terminal of ${id} ${component}`),
    } as unknown as Terminals,
    manager,
    secrets: {} as unknown as Secrets,
    install: (python, packages) => {
      calls.push(`install ${packages.join(' ')} into ${python}`);
      return installs();
    },
    serving: {
      serve: (id, once) => {
        calls.push(`serve ${id} ${JSON.stringify(once)}`);
        return Promise.resolve();
      },
      envFiles: () => [],
    },
  });
  return { shown, calls };
}

const crash: Problem = { code: 'crashed', message: 'http ended with 1.', component: 'http' };
const notice = (problem: Problem) => ({
  ...{ severity: 'warning' as const, message: 'http has crashed.', problem, bento: 'iris' },
  actions: ['restart', 'showLog'] as const,
});

describe('a failed command', () => {
  it('is one message, and its detail is in the log', async () => {
    const { shown, calls } = messages();
    await shown.show(new ServeError({ code: 'store', message: 'No space.', detail: 'ENOSPC' }));
    expect(user.seen).toEqual(['error: No space.']);
    expect(calls).toEqual(['error: No space.', 'error: ENOSPC']);
  });

  it('names the bento that it is about', async () => {
    const { shown } = messages();
    await shown.show(new ServeError({ code: 'store', message: 'No space.' }), 'iris');
    expect(user.seen).toEqual(['error: iris: No space.']);
  });

  it('is no message if a person cancelled it', async () => {
    const { shown, calls } = messages();
    await shown.show(cancelled());
    expect([user.seen, calls]).toEqual([[], []]);
  });
});

describe('a problem that comes both ways is shown once', () => {
  it.each(['command', 'notice'])('first as a %s', async (first) => {
    const { shown } = messages();
    const error = new ServeError(crash);
    const ways = [() => shown.show(error, 'iris'), () => shown.notify(notice(error.problem))];
    if (first === 'notice') ways.reverse();
    for (const way of ways) await way();
    expect(user.seen).toHaveLength(1);
  });
});

describe('the actions for a problem', () => {
  const titles = (problem: Partial<Problem>): readonly string[] =>
    messages()
      .shown.fixes({ ...crash, ...problem }, 'iris')
      .map(({ title }) => title);

  it.each<[string, Partial<Problem>, readonly string[]]>([
    ['a missing package', { install: ['torch'] }, ['Install torch…']],
    ['a package with its companions', { install: ['torch', 'a', 'b'] }, ['Install torch (+2)…']],
    ['a missing BentoML', { code: 'no-bentoml' }, ['Install bentoml…', 'Select Interpreter']],
    ['a crash without a known cause', {}, []],
    [
      'a port in use',
      { code: 'port-in-use', port: 3000 },
      ['Serve on a Free Port', 'Open Settings'],
    ],
    ['a port in use that is not known', { code: 'port-in-use' }, ['Open Settings']],
    [
      'a variable that is not set',
      { code: 'settings', variable: 'HF_TOKEN' },
      ['Enter HF_TOKEN…', 'Open Settings'],
    ],
    ['a workspace that is not trusted', { code: 'untrusted' }, ['Manage Trust']],
  ])('%s', (_, problem, expected) => {
    expect(titles(problem)).toEqual([...expected, 'Serve Again']);
  });

  const run = async (
    title: string,
    problem: Partial<Problem>,
    set = messages(),
  ): Promise<readonly string[]> => {
    const actions = set.shown.fixes({ ...crash, ...problem }, 'iris');
    await actions.find((action) => action.title === title)?.run();
    return set.calls;
  };

  it('serve on a free port, this time only', async () => {
    const calls = await run('Serve on a Free Port', { code: 'port-in-use', port: 3000 });
    expect(calls).toEqual(['serve iris {"freePorts":true}']);
  });

  it('install into the interpreter of the bento, and offer to serve it again', async () => {
    user.answers.set('iris: torch is installed.', 'Serve Bento');
    const calls = await run('Install torch…', { install: ['torch'] });
    expect(calls).toEqual(['install torch into /venv/python']);
    expect(user.seen).toEqual([
      'info: iris: torch is installed.',
      'command: serveBento.serve iris',
    ]);
  });

  it('offer nothing if nothing was installed', async () => {
    const calls = await run(
      'Install torch…',
      { install: ['torch'] },
      messages(() => Promise.resolve(false)),
    );
    expect(calls).toEqual(['install torch into /venv/python']);
    expect(user.seen).toEqual([]);
  });

  it('show why nothing could be installed', async () => {
    const failure = new ServeError({ code: 'store', message: 'pip failed.' });
    const set = messages(() => Promise.reject(failure));
    await run('Install torch…', { install: ['torch'] }, set);
    expect(user.seen).toEqual(['error: iris: pip failed.']);
  });
});

describe('the way to the details', () => {
  it('is the terminal of the component', async () => {
    user.answers.set('http has crashed.', 'Show Log');
    user.answers.set('iris: http ended with 1.', 'Show Terminal');
    const { shown, calls } = messages();
    await shown.show(new ServeError(crash), 'iris');
    await shown.notify(notice({ ...crash }));
    expect(calls).toContain('terminal of iris http');
    expect(calls).not.toContain('show log');
  });

  it('is the log for a component without a terminal, which has the detail at its end', async () => {
    user.answers.set('http has crashed.', 'Show Log');
    const { shown, calls } = messages();
    await shown.notify(notice({ ...crash, component: 'grpc', detail: 'Traceback' }));
    expect(calls).toEqual([
      ...['warn: http has crashed.', 'warn: Traceback'],
      ...['error: http ended with 1.\nTraceback', 'show log'],
    ]);
  });
});
