import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Bento, ServeBentoApi } from '../../../src/api';
import { until } from '../../support/until';
import { activatedApi, componentOf, pidsOf } from '../support/extension-api';
import { askSearch, askShout } from '../support/sample-requests';
import { alive } from '../support/window-processes';

const environments = JSON.parse(process.env['SERVE_BENTO_TEST_ENVIRONMENTS'] ?? '{}') as Readonly<
  Record<string, string>
>;

/** Of each folder: they differ in everything that can be mixed up. */
const own = {
  search: { pythonPath: environments['bentoml-1.4'], 'http.port': 3621, env: { OWN: 'search' } },
  shout: { pythonPath: environments['bentoml-1.0'], 'http.port': 3622, env: { OWN: 'shout' } },
} as const;

type Folder = keyof typeof own;

describe('a window with several folders', () => {
  let api: ServeBentoApi;

  const folderOf = (name: Folder): vscode.WorkspaceFolder => {
    const folder = vscode.workspace.workspaceFolders?.find((one) => one.name === name);
    assert.ok(folder, `no folder ${name}`);
    return folder;
  };

  const bentoIn = (name: Folder): Bento => {
    const bento = api.bentos.find(({ folder }) => path.basename(folder) === name);
    assert.ok(bento, `no bento in ${name}`);
    return bento;
  };

  before(async () => {
    api = await activatedApi();
    await api.refresh();
    for (const name of ['search', 'shout'] as const) {
      const settings = vscode.workspace.getConfiguration('serveBento', folderOf(name).uri);
      for (const [key, value] of Object.entries(own[name])) {
        await settings.update(key, value, vscode.ConfigurationTarget.WorkspaceFolder);
      }
    }
  });

  it('has the bentos of all of them, each by an id of its own', () => {
    assert.equal(api.bentos.length, 2);
    assert.notEqual(bentoIn('search').id, bentoIn('shout').id);
  });

  it('serves each with the settings of its own folder', async () => {
    const [search, shout] = await Promise.all([
      api.serve(bentoIn('search').id),
      api.serve(bentoIn('shout').id),
    ]);
    assert.match(search.bentomlVersion ?? '', /^1\.4\./);
    assert.match(shout.bentomlVersion ?? '', /^1\.0\./);
    assert.deepEqual([search.python, shout.python], [own.search.pythonPath, own.shout.pythonPath]);
    const urls = [search, shout].map((bento) => componentOf(bento, 'http').url ?? '');
    assert.deepEqual(urls, ['http://127.0.0.1:3621', 'http://127.0.0.1:3622']);
    await askSearch(urls[0] ?? '');
    await askShout(urls[1] ?? '');
  });

  it('stops what a folder served that is taken out of it, and nothing else', async () => {
    const pids = pidsOf(bentoIn('shout'));
    const others = pidsOf(bentoIn('search'));
    vscode.workspace.updateWorkspaceFolders(folderOf('shout').index, 1);
    await until('its end', () => alive(pids).length === 0, 30_000);
    await until('that it is gone', () => api.bentos.length === 1);
    assert.equal(bentoIn('search').state, 'ready');
    assert.deepEqual(alive(others), others);
    await api.stop(bentoIn('search').id);
  });
});
