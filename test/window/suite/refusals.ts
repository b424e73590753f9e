import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Bento, ServeBentoApi } from '../../../src/api';
import {
  activatedApi,
  bentoOf,
  changeSetting,
  onlyBento,
  openFolder,
  setting,
} from '../support/extension-api';
import { moment } from '../../support/pauses';
import { askSearch } from '../support/sample-requests';
import { servingProcesses, windowPorts } from '../support/window-processes';

describe('serving what cannot be served', () => {
  let api: ServeBentoApi;
  let bento: Bento;
  let portsBefore: readonly number[];

  before(async () => {
    portsBefore = windowPorts();
    api = await activatedApi();
    bento = await onlyBento(api);
  });

  afterEach(() => {
    assert.deepEqual(servingProcesses(), [], 'a process is left');
    assert.deepEqual(windowPorts(), portsBefore, 'a port is left');
  });

  it('says that there is no such bento', async () => {
    await assert.rejects(api.serve('nowhere.py:svc'), { code: 'not-found' });
    await assert.rejects(api.restart('nowhere.py:svc'), { code: 'not-found' });
    await assert.rejects(api.stop('nowhere.py:svc'), { code: 'not-found' });
  });

  it('is cancelled before it begins', async () => {
    const source = new vscode.CancellationTokenSource();
    source.cancel();
    const served = api.serve(bento.id, { cancel: source.token });
    await assert.rejects(served, { code: 'cancelled' });
    assert.equal(bentoOf(api, bento.id).state, 'stopped');
  });

  for (const [when, isNow] of [
    ['while BentoML is asked', () => servingProcesses().length > 1],
    ['while components start', () => bentoOf(api, bento.id).components.some(hasPids)],
  ] as const) {
    it(`is cancelled ${when}`, async () => {
      const source = new vscode.CancellationTokenSource();
      const served = api.serve(bento.id, { cancel: source.token });
      const refused = assert.rejects(served, { code: 'cancelled' });
      // Some phases are short.
      while (!isNow()) await moment(5);
      source.cancel();
      await refused;
      assert.deepEqual(servingProcesses(), [], 'rejected before all was gone');
      const { state, problem } = bentoOf(api, bento.id);
      assert.deepEqual([state, problem], ['stopped', undefined]);
    });
  }

  it('names who holds the port that is configured', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    await changeSetting('http.port', port);
    const message = new RegExp(`\\b${port}\\b.*\\bpid ${process.pid}\\b.*serveBento\\.http\\.port`);
    await assert.rejects(api.serve(bento.id), { code: 'port-in-use', message });
    assert.equal(bentoOf(api, bento.id).problem?.code, 'port-in-use');
    await changeSetting('http.port', undefined);
    holder.close();
    await once(holder, 'close');
  });

  it('names the interpreter that is not there', async () => {
    await changeSetting('pythonPath', '/nowhere/python');
    const message = /\/nowhere\/python/;
    await assert.rejects(api.serve(bento.id), { code: 'no-python', message });
    await changeSetting('pythonPath', undefined);
  });

  it('names what could not be imported, and serves it once that is mended', async () => {
    const file = path.join(openFolder().fsPath, 'service.py');
    const source = readFileSync(file, 'utf8');
    writeFileSync(file, source.replace('import bentoml\n', 'import bentoml\nimport not_there\n'));
    const message = /not_there.*service\.py/;
    await assert.rejects(api.serve(bento.id), { code: 'import-failed', message });
    assert.equal(bentoOf(api, bento.id).state, 'failed');
    assert.match(bentoOf(api, bento.id).problem?.message ?? '', message);

    writeFileSync(file, source);
    const served = await api.serve(bento.id);
    assert.equal(served.problem, undefined);
    assert.equal(setting('http.port'), null);
    await askSearch(served.components.find(({ id }) => id === 'http')?.url ?? '');
    await api.stop(bento.id);
  });
});

const hasPids = ({ pids }: Bento['components'][number]): boolean => pids.length > 0;
