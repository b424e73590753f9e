import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Bento, ServeBentoApi } from '../../../src/api';
import { staysSo } from '../../support/pauses';
import { until } from '../../support/until';
import { DebugRecord } from '../support/debug-record';
import { activatedApi, bentoOf, componentOf, openFolder } from '../support/extension-api';
import { askSearch } from '../support/sample-requests';
import { alive, servingProcesses } from '../support/window-processes';

const limit = 40_000;
const search = 'service.py:Search';
const other = 'other.py:Other';
const children = ['Embedder', 'Ranker', 'http'];

/** A second bento, whose worker starts a process. */
const otherSource = `import subprocess
import sys

import bentoml


@bentoml.service
class Other:
    @bentoml.api
    def add(self, a: int) -> str:
        return subprocess.check_output([sys.executable, "child.py", str(a)], text=True)
`;
const childSource = `import sys

total = int(sys.argv[1]) + 1
print(total)
`;

describe('debugging', function () {
  this.timeout(200_000);
  const folder = openFolder();
  const file = (name: string): vscode.Uri => vscode.Uri.joinPath(folder, name);
  const code = file('service.py');
  const original = readFileSync(code.fsPath, 'utf8');
  let api: ServeBentoApi;
  let record: DebugRecord;

  const bento = (): Bento => bentoOf(api, search);
  const url = (id = search): string => componentOf(bentoOf(api, id), 'http').url ?? '';
  const worker = (): number => componentOf(bento(), 'service:Embedder').pids[0] ?? 0;
  const breakAt = (name: string, text: string): vscode.Breakpoint => {
    const lines = readFileSync(file(name).fsPath, 'utf8').split('\n');
    const line = lines.findIndex((one) => one.includes(text));
    const place = new vscode.Location(file(name), new vscode.Position(line, 0));
    const breakpoint = new vscode.SourceBreakpoint(place);
    vscode.debug.addBreakpoints([breakpoint]);
    return breakpoint;
  };
  const workspaceFolder = (): vscode.WorkspaceFolder => {
    const [first] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(first);
    return first;
  };
  const launch = { type: 'serveBento', request: 'launch', name: 'Debug Search', bento: search };
  const untilReady = (id = search) =>
    until(`${id} ready`, () => bentoOf(api, id).state === 'ready', limit);
  /** A worker that is replaced goes on answering on connections that are open. */
  const untilEnded = (pid: number) =>
    until('the end of the old worker', () => alive([pid]).length === 0, limit);
  const untilGone = async (): Promise<void> => {
    await until('no session', () => record.sessions.length === 0, limit);
    await until('no process', () => servingProcesses().length === 0, limit);
  };
  /** Asks, stops at the breakpoint in the session with that name, and goes on to the answer. */
  const hit = async (name: string, paused: () => Promise<void> = () => Promise.resolve()) => {
    await record.untilVerified(name, limit);
    const stop = record.untilStopped(name, limit);
    const answer = askSearch(url());
    const { session, threadId } = await stop;
    await paused();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await session.customRequest('continue', { threadId });
    await answer;
  };

  before(async () => {
    api = await activatedApi();
    await api.refresh();
    record = new DebugRecord();
    await vscode.workspace.getConfiguration('files', folder).update('autoSave', 'off');
  });

  afterEach(() => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  });

  after(async () => {
    record.dispose();
    await vscode.debug.stopDebugging();
    writeFileSync(code.fsPath, original);
  });

  it('begins with F5 in a service file, without launch.json', async () => {
    await vscode.window.showTextDocument(code);
    breakAt('service.py', 'return [unit_vector(text)');
    await vscode.commands.executeCommand('workbench.action.debug.start');
    await record.untilNamed([...children, 'Debug Search'], limit);
    await untilReady();
    await hit('Embedder');
  });

  it('gives a worker that comes after a crash a session of its own', async () => {
    const before = worker();
    const [own] = record.named('Embedder');
    process.kill(before, 'SIGKILL');
    await until('the next worker', () => worker() !== before && worker() !== 0, limit);
    await until('its session', () => record.named('Embedder').some((one) => one !== own), limit);
    await until('the end of the old one', () => record.named('Embedder').length === 1, limit);
    await untilReady();
    breakAt('service.py', 'return [unit_vector(text)');
    await hit('Embedder');
  });

  it('restarts one component with Restart on its session, and keeps the others', async () => {
    const before = worker();
    const kept = record.sessions.filter((one) => !record.named('Embedder').includes(one));
    const [own] = record.named('Embedder');
    await own?.customRequest('restart', {});
    await until(
      'the next session',
      () => record.named('Embedder').some((one) => one !== own),
      limit,
    );
    await until('the end of the old one', () => record.named('Embedder').length === 1, limit);
    await untilReady();
    assert.notEqual(worker(), before);
    await untilEnded(before);
    for (const one of kept) assert.ok(record.sessions.includes(one), one.name);
    breakAt('service.py', 'return [unit_vector(text)');
    await hit('Embedder');
  });

  it('reloads what was saved while it is paused when it continues', async () => {
    const before = worker();
    breakAt('service.py', 'return [unit_vector(text)');
    await hit('Embedder', async () => {
      const document = await vscode.workspace.openTextDocument(code);
      const edit = new vscode.WorkspaceEdit();
      edit.insert(code, document.positionAt(document.getText().length), '\n# saved\n');
      await vscode.workspace.applyEdit(edit);
      assert.ok(await document.save());
      await staysSo('the worker that is paused', 2_000, () => worker() === before);
      assert.deepEqual(alive([before]), [before]);
    });
    await until('the new worker', () => worker() !== before, limit);
    await untilEnded(before);
    await untilReady();
    await record.untilNamed([...children, 'Debug Search'], limit);
    breakAt('service.py', 'return [unit_vector(text)');
    await hit('Embedder');
  });

  it('ends with everything when it is stopped', async () => {
    const [parent] = record.named('Debug Search');
    await vscode.debug.stopDebugging(parent);
    await untilGone();
    assert.equal(bento().state, 'stopped');
  });

  it('serves without the debugger with Run Without Debugging', async () => {
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), launch, { noDebug: true }));
    await untilReady();
    assert.deepEqual(record.names, ['Debug Search']);
    await askSearch(url());
    await vscode.debug.stopDebugging(record.sessions[0]);
    await untilGone();
  });

  it('debugs two bentos of a compound, and a process that a worker starts', async () => {
    writeFileSync(file('other.py').fsPath, otherSource);
    writeFileSync(file('child.py').fsPath, childSource);
    await api.refresh();
    const second = { ...launch, name: 'Debug Other', bento: other };
    const configuration = vscode.workspace.getConfiguration('launch', folder);
    await configuration.update('configurations', [launch, second]);
    const names = [launch.name, second.name];
    await configuration.update('compounds', [{ name: 'Both', configurations: names }]);
    assert.ok(await vscode.debug.startDebugging(workspaceFolder(), 'Both'));
    await record.untilNamed([...children, 'http', ...names], limit);
    await untilReady();
    await untilReady(other);

    breakAt('service.py', 'return [unit_vector(text)');
    await hit('Embedder');

    breakAt('child.py', 'total =');
    const stop = record.untilStopped(/process \d+/, limit);
    const answer = fetch(`${url(other)}/add`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"a": 1}',
    });
    const { session, threadId } = await stop;
    assert.match(session.name, /^http: process \d+$/);
    await session.customRequest('continue', { threadId });
    assert.equal((await (await answer).text()).trim(), '2');
    for (const name of names) await vscode.debug.stopDebugging(record.named(name)[0]);
    await untilGone();
  });
});
