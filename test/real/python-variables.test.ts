import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { missingPython, pythons } from '../../scripts/environments/pythons.mts';
import { forEachLimit } from '../../src/core/discovery/files/for-each-limit';
import { ServeError } from '../../src/core/problem';
import { failureFor, scripts } from '../support/plan-runs';

/** Of Python's own, which VS Code may be started with. */
const variable = /^-?(PYTHON\w*[A-Z])\b/gm;
/** On for a switch, and for the rest what Python may refuse. */
const value = 'nonsense';
const interpreters = pythons.flatMap(({ version, executable }) => {
  if (executable === undefined) console.warn(missingPython(version));
  return executable === undefined ? [] : [[version, executable] as const];
});

/** By its own help: a later Python may have others. */
function variablesOf(python: string): readonly string[] {
  const help = (option: string): string => {
    try {
      return execFileSync(python, [option], { encoding: 'utf8', stdio: 'pipe' });
    } catch {
      return '';
    }
  };
  const text = `${help('--help-env')}\n${help('--help')}`;
  return [...new Set([...text.matchAll(variable)].map(([, name = '']) => name))].sort();
}

const folder = mkdtempSync(path.join(os.tmpdir(), 'python-variables-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Whether the planner ran; where Python did not start, the message has to name the variable. */
async function planned(python: string, env: Readonly<Record<string, string>>): Promise<boolean> {
  const failure = await failureFor({ python, workingDir: folder, reference: 'service:S', env });
  expect(failure).toBeInstanceOf(ServeError);
  expect(failure.message).not.toContain('\n');
  // There is no BentoML: that the planner says so shows that it runs.
  if (failure.code === 'no-bentoml' && failure.problem.install !== undefined) return true;
  for (const [name, value] of Object.entries(env)) {
    expect(failure.message).toContain(`${name} is set to "${value}"`);
  }
  return false;
}

/** What a script of ours says when it runs in this environment. */
function said(
  python: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  send: (input: Duplex, socket: Duplex) => void,
  isAll: (output: string) => boolean,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, argv, {
      cwd: folder,
      env: { ...process.env, SERVE_BENTO_MARK: 'x'.repeat(100), ...env },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    let output = '';
    const limit = setTimeout(() => child.kill('SIGKILL'), 30_000);
    const input = child.stdin as unknown as Duplex;
    const socket = child.stdio[3] as Duplex;
    for (const stream of [child.stdout, child.stderr, socket]) {
      stream
        .on('error', () => undefined)
        .on('data', (data: Buffer) => {
          output += data.toString('latin1');
          if (isAll(output)) child.kill();
        });
    }
    input.on('error', () => undefined);
    child.on('error', reject).on('close', () => {
      clearTimeout(limit);
      resolve(output);
    });
    send(input, socket);
  });
}

describe.skipIf(process.platform !== 'linux').each(interpreters)('with Python %s', (_, python) => {
  it('every variable of Python is obeyed, or named where it keeps Python from starting', async () => {
    const names = variablesOf(python);
    expect(names.length).toBeGreaterThan(10);
    const tolerated: Record<string, string> = {};
    await forEachLimit([...names], 4, async (name) => {
      if (await planned(python, { [name]: value })) tolerated[name] = value;
    });
    expect(Object.keys(tolerated).length).toBeGreaterThan(7);
    // Prints every import; the scripts do the same without it.
    const { PYTHONVERBOSE: _verbose, PYTHONINSPECT: _inspect, ...env } = tolerated;
    const start = [path.join(scripts, 'start.py'), '--metrics', folder, '--', 'start-http-server'];
    const end = (input: Duplex): void => void input.end();
    expect(await said(python, start, env, end, () => false)).toMatch(/No module named 'bentoml/);
    const forkServer = [path.join(scripts, 'fork_server.py'), '3'];
    const prepare = (_input: Duplex, socket: Duplex): void =>
      void socket.write('{"stack":"service","preload":[],"metrics":null}\n');
    // Either answer shows that it runs: it refuses what the test's own process has open.
    const answered = /"(?:ready|unfit)"/;
    expect(await said(python, forkServer, env, prepare, (text) => answered.test(text))).toMatch(
      answered,
    );
    const helper = ['-I', '-S', '-B', path.join(scripts, 'helper')];
    const init = (input: Duplex): void => void input.write('{"do":"init","id":1}\n');
    expect(await said(python, helper, env, init, (text) => text.includes('"ok"'))).toContain(
      '"ok":true',
    );
  });
});
