import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ServeBentoApi } from '../../../src/api';
import { activatedApi, onlyBento, openFolder, setting } from '../support/extension-api';
import { staysSo } from '../../support/pauses';
import { until } from '../../support/until';

const folder = openFolder().fsPath;
const code = path.join(folder, 'service.py');
const answer = path.join(folder, 'answer.txt');
const python = String(setting('pythonPath'));

/** Fails when the bento does not answer at once. */
const ask = `import urllib.request as r; open("answer.txt", "w").write(str(r.urlopen("http://127.0.0.1:3777/readyz").status))`;

const tasks = {
  version: '2.0.0',
  tasks: [
    { label: 'serve', type: 'serveBento', bento: 'Search', profile: 'port' },
    { label: 'ask', type: 'process', command: python, args: ['-c', ask], dependsOn: ['serve'] },
    { label: 'another', type: 'serveBento', bento: 'Serch' },
  ],
};

async function run(name: string): Promise<vscode.TaskExecution> {
  const found = await until(`the task ${name}`, async () =>
    (await vscode.tasks.fetchTasks()).find((task) => task.name === name),
  );
  return vscode.tasks.executeTask(found);
}

/** Resolves when it has ended. */
async function ended(name: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const subscription = vscode.tasks.onDidEndTask(({ execution }) => {
      if (execution.task.name !== name) return;
      subscription.dispose();
      resolve();
    });
  });
}

describe('tasks of the type serveBento', () => {
  const original = readFileSync(code, 'utf8');
  let api: ServeBentoApi;

  const state = async (): Promise<string> => (await onlyBento(api)).state;

  before(async () => {
    mkdirSync(path.join(folder, '.vscode'), { recursive: true });
    writeFileSync(path.join(folder, '.vscode/tasks.json'), JSON.stringify(tasks));
    api = await activatedApi();
    await onlyBento(api);
  });

  after(() => writeFileSync(code, original));

  it('are there for every bento of the folder', async () => {
    const found = await vscode.tasks.fetchTasks({ type: 'serveBento' });
    const own = found.filter(({ definition }) => definition['bento'] === 'service.py:Search');
    assert.deepEqual(
      own.map(({ name, isBackground }) => [name, isBackground]),
      [['Search', true]],
    );
  });

  it('let those that depend on them wait until all is ready', async () => {
    const end = ended('ask');
    await run('ask');
    await end;
    assert.ok(existsSync(answer), 'it was not asked, or did not answer');
    assert.equal(readFileSync(answer, 'utf8'), '200');
    const bento = await onlyBento(api);
    assert.deepEqual([bento.state, bento.profile], ['ready', 'port']);
  });

  it('stop their bento when they are terminated', async () => {
    const serving = vscode.tasks.taskExecutions.find(({ task }) => task.name === 'serve');
    assert.ok(serving, 'the task has ended');
    serving.terminate();
    await until('its end', async () => (await state()) === 'stopped');
  });

  it('end when their bento is stopped', async () => {
    await run('serve');
    await until('ready', async () => (await state()) === 'ready', 60_000);
    const end = ended('serve');
    await api.stop((await onlyBento(api)).id);
    await end;
  });

  it('leave alone what was served before', async () => {
    const { id } = await onlyBento(api);
    await api.serve(id);
    const execution = await run('serve');
    await staysSo('ready', 1000, async () => (await state()) === 'ready');
    let isOver = false;
    void ended('serve').then(() => (isOver = true));
    // What has not opened its terminal yet cannot be terminated: on a busy machine that takes a while.
    await until(
      'its end',
      () => {
        if (!isOver) execution.terminate();
        return isOver;
      },
      30_000,
    );
    assert.equal(await state(), 'ready');
    await api.stop(id);
  });

  it('end with the problem, which is among the problems, and nothing that waits for them runs', async () => {
    rmSync(answer);
    writeFileSync(code, `${original}\nimport no_such_module\n`);
    const end = ended('serve');
    await run('ask');
    await end;
    const [problem] = await until('the problem', () => {
      const found = vscode.languages.getDiagnostics(vscode.Uri.file(code));
      return found.length > 0 ? found : undefined;
    });
    assert.match(problem?.message ?? '', /no_such_module/);
    assert.ok(!existsSync(answer), 'it was asked nevertheless');
  });

  it('end when there is no such bento', async () => {
    const end = ended('another');
    await run('another');
    await end;
  });
});
