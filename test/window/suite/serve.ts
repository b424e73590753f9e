import assert from 'node:assert/strict';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Bento, ServeBentoApi } from '../../../src/api';
import { callShout } from '../../support/call-grpc';
import {
  activatedApi,
  bentoOf,
  componentOf,
  onlyBento,
  openFolder,
  pidsOf,
  setting,
} from '../support/extension-api';
import { askSearch, askShout } from '../support/sample-requests';
import { StateRecord } from '../support/state-record';
import { alive, ownProcesses, servingProcesses, windowPorts } from '../support/window-processes';

const samples = {
  search: { id: 'Search', inner: ['service:Embedder', 'service:Ranker'], ask: askSearch },
  shout: { id: 'svc', inner: ['runner:count', 'runner:upper'], ask: askShout },
};

const grpc = setting('grpc.enabled') === true;
const sample = samples[path.basename(openFolder().fsPath) as keyof typeof samples];
const [, version = ''] = /bentoml-(\d+\.\d+)/.exec(String(setting('pythonPath'))) ?? [];

describe(`${sample.id} of BentoML ${version}, launcher ${String(setting('launcher'))}`, () => {
  const before = { processes: ownProcesses(), ports: windowPorts() };
  let api: ServeBentoApi;
  let bento: Bento;

  const ask = (): Promise<void> => sample.ask(componentOf(bento, 'http').url ?? '');

  it('is found, and nothing runs before it is served', async () => {
    api = await activatedApi();
    bento = await onlyBento(api);
    assert.equal(bento.state, 'stopped');
    assert.equal(bento.folder, openFolder().fsPath);
    assert.deepEqual(ownProcesses(), before.processes);
  });

  it('is served when every component is ready, and says so on the way', async () => {
    const record = new StateRecord(api, bento.id);
    const start = performance.now();
    bento = await api.serve(bento.id);
    console.log(`ready after ${Math.round(performance.now() - start)} ms`);
    record.dispose();
    assert.equal(bento.state, 'ready');
    assert.match(bento.bentomlVersion ?? '', new RegExp(`^${RegExp.escape(version)}\\.`));
    assert.equal(bento.python, setting('pythonPath'));
    const wanted = ['http', ...(grpc ? ['grpc'] : []), ...sample.inner].sort();
    assert.deepEqual(bento.components.map(({ id }) => id).sort(), wanted);
    assert.deepEqual(record.of('bento'), ['starting', 'ready']);
    // With `cli` ports are let go before the servers bind them: another window may take one, and others are tried.
    const statesOf = (id: string): readonly string[] =>
      setting('launcher') === 'cli' ? record.of(id).slice(-2) : record.of(id);
    for (const { id, state, pids } of bento.components) {
      assert.equal(state, 'ready');
      assert.notDeepEqual(pids, []);
      assert.deepEqual(statesOf(id), ['starting', 'ready'], id);
    }
    assert.deepEqual(alive(pidsOf(bento)), pidsOf(bento));
    const listening = windowPorts();
    for (const { port } of bento.components) {
      assert.ok(port === undefined || listening.includes(port), `nobody is on ${port}`);
    }
  });

  it('answers over HTTP', () => ask());

  if (grpc) {
    it('answers over gRPC', async () => {
      const { host, port } = componentOf(bento, 'grpc');
      const answer = await callShout(`${host ?? ''}:${port ?? ''}`, 'v1', 'good morning');
      assert.match(answer, /GOOD MORNING!/);
    });
  }

  it('is told in plain values that nobody can change', () => {
    assert.deepEqual(JSON.parse(JSON.stringify(api.bentos)), api.bentos);
    const unfrozen = thawed(api.bentos, 'bentos').concat(thawed(bento, 'served'));
    assert.deepEqual(unfrozen, []);
  });

  it('is there at once when it is asked for again', async () => {
    const record = new StateRecord(api, bento.id);
    const again = await api.serve(bento.id);
    record.dispose();
    assert.ok(!record.of('bento').includes('starting'), 'nothing is started');
    assert.deepEqual(pidsOf(again), pidsOf(bento));
  });

  it('gets one component restarted, and the others left alone', async () => {
    const [inner = ''] = sample.inner;
    const record = new StateRecord(api, bento.id);
    const after = await api.restart(bento.id, inner);
    record.dispose();
    // On Linux new workers come before the old ones go, where these are ours to start.
    const inTurn = setting('launcher') === 'cli' || process.platform !== 'linux';
    const wanted = inTurn ? ['stopping', 'starting', 'ready'] : ['ready'];
    assert.deepEqual(record.of(inner).slice(-3), wanted);
    assert.deepEqual(alive(componentOf(bento, inner).pids), []);
    for (const { id, pids } of bento.components) {
      if (id !== inner) assert.deepEqual(componentOf(after, id).pids, pids, id);
    }
    bento = after;
    assert.equal(bento.state, 'ready');
    await ask();
  });

  it('gets all of it restarted, on the same ports', async () => {
    const after = await api.restart(bento.id);
    assert.equal(after.state, 'ready');
    assert.deepEqual(alive(pidsOf(bento)), []);
    assert.deepEqual(portsOf(after), portsOf(bento));
    bento = after;
    await ask();
  });

  it('stops and leaves no process and no port', async () => {
    const record = new StateRecord(api, bento.id);
    const start = performance.now();
    await api.stop(bento.id);
    console.log(`stopped after ${Math.round(performance.now() - start)} ms`);
    record.dispose();
    assert.deepEqual(servingProcesses(), []);
    assert.deepEqual(windowPorts(), before.ports);
    assert.deepEqual(record.of('bento').slice(-2), ['stopping', 'stopped']);
    const stopped = bentoOf(api, bento.id);
    assert.deepEqual(pidsOf(stopped), []);
    assert.equal(stopped.problem, undefined);
    await assert.rejects(ask());
  });

  it('leaves nothing that waits when everything is stopped', async () => {
    const waits = process.platform === 'linux' && setting('launcher') === 'workers';
    // A helper and its fork server.
    assert.equal(ownProcesses().length, waits ? 2 : 0);
    await vscode.commands.executeCommand('serveBento.stopAll');
    assert.deepEqual(ownProcesses(), before.processes);
  });
});

/** Ports that people or clients may have noted down. */
const portsOf = ({ components }: Bento): readonly (readonly [string, number | undefined])[] =>
  components.map(({ id, port }) => [id, port]);

function thawed(value: unknown, where: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, part]) => thawed(part, `${where}.${key}`));
  return Object.isFrozen(value) ? inner : [where, ...inner];
}
