import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import type { DebuggedWorker } from '../../src/core/debug/debugged-worker';
import { postJson } from '../support/answers';
import { DapClient } from '../support/dap-client';
import { ensureDebugpy } from '../support/debugpy';
import { dockerIn } from '../support/docker.mts';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { urlOf } from '../support/url-of';

const engine = inject('engine');
const harnesses = testHarness();

const docker = dockerIn(engine.env);

const lineOf = (file: string, text: string): number =>
  readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

/** The id of a container of the bento. */
const containerOf = (folder: string, service: string): Promise<string> =>
  docker('ps', '--quiet', '--filter', `volume=${folder}`, '--filter', `name=${service}`);

/** The command of a container of the bento. */
const commandOf = async (folder: string, service: string): Promise<string> => {
  const id = await containerOf(folder, service);
  return docker('inspect', '--format', '{{join .Config.Cmd " "}}', id);
};

async function sessionWith(
  worker: DebuggedWorker,
  breakpoints: Readonly<Record<string, readonly number[]>>,
): Promise<DapClient> {
  const client = new DapClient(worker.connect());
  const connect = { host: '127.0.0.1', port: 0 };
  await client.attach(breakpoints, { name: worker.name, connect, justMyCode: true });
  return client;
}

const python = engine.pythons['bentoml-1.4'];

const set = (): ReturnType<typeof harnesses.set> =>
  harnesses.set({
    ...{ python, sample: 'samples/search', reference: 'service:Search' },
    ...{ settings: { target: 'compose' }, engine },
  });

it('a component in a container is debugged, and runs as before when the debugger has left', async () => {
  const { registry, folder } = set();
  const [{ id } = { id: '' }] = registry.bentos;
  const file = path.join(folder, 'service.py');
  const line = lineOf(file, 'for text in texts');
  const served = await registry.serve(id);
  const before = await commandOf(folder, 'embedder');
  const other = await containerOf(folder, 'ranker');
  const options = { debugpy: await ensureDebugpy(python), subProcess: true };

  const clients: DapClient[] = [];
  registry.debugger(id)?.onDidAttach((worker) => {
    void sessionWith(worker, { [file]: [line] }).then((client) => clients.push(client));
  });
  const workers = await registry.attachDebugger(id, 'service:Embedder', options);
  expect(workers.map(({ name }) => name)).toEqual(['Embedder']);
  expect(await commandOf(folder, 'embedder')).toContain('/run/serve-bento/debug.zip');
  expect(registry.details(id, 'service:Embedder')?.debugging).toBe('attached');
  expect(registry.details(id, 'service:Ranker')?.debugging).toBeUndefined();
  // Other components go on.
  const ranker = await containerOf(folder, 'ranker');
  expect(ranker).toBe(other);

  await until('a session', () => clients.length > 0);
  const [client] = clients;
  if (client === undefined) throw new Error('there is no session');
  const answer = fetch(`${urlOf(served)}/search`, {
    ...{ method: 'POST', body: JSON.stringify({ query: 'rice', limit: 1 }) },
    headers: { 'Content-Type': 'application/json' },
  });
  const stopped = await client.event('stopped');
  expect(await client.where(stopped)).toMatchObject({ file, line });
  // A paused worker does not answer. Its health check has failed several times by then.
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  expect(registry.bento(id)?.components.find((one) => one.name === 'Embedder')?.state).toBe(
    'ready',
  );
  await client.request('setBreakpoints', { source: { path: file }, breakpoints: [] });
  await client.goOn(stopped);
  expect(await answer).toMatchObject({ status: 200 });

  await registry.detachDebugger(id);
  expect(registry.details(id, 'service:Embedder')?.debugging).toBeUndefined();
  expect(await commandOf(folder, 'embedder')).toBe(before);
  expect(await postJson(`${urlOf(served)}/search`, { query: 'rice' })).toMatchObject({
    status: 200,
  });
  await registry.stop(id);
}, 300_000);

it('runners and servers are debugged from their start, with raised time limits', async () => {
  const legacy = engine.pythons['bentoml-1.1'];
  const { registry, folder } = harnesses.set({
    ...{ python: legacy, sample: 'samples/shout', reference: 'service:svc' },
    ...{ settings: { target: 'compose' }, engine },
  });
  const [{ id } = { id: '' }] = registry.bentos;
  const file = path.join(folder, 'service.py');
  const line = lineOf(file, 'return text.upper()');
  const clients = new Map<string, Promise<DapClient>>();
  const follow = registry.onDidChange(() => {
    registry.debugger(id)?.onDidAttach((worker) => {
      if (clients.has(worker.name)) return;
      clients.set(worker.name, sessionWith(worker, { [file]: [line] }));
    });
  });
  const options = { debugpy: await ensureDebugpy(legacy), subProcess: true };
  const served = await registry.serve(id, { once: { debug: options } });
  follow.dispose();
  expect([...clients.keys()].sort()).toEqual(['count', 'http', 'upper']);
  expect(registry.debugged(id)?.hasRaisedLimits).toBe(true);

  const answer = fetch(`${urlOf(served)}/shout`, { method: 'POST', body: 'hello there' });
  const client = await clients.get('upper');
  if (client === undefined) throw new Error('there is no session');
  const stopped = await client.event('stopped');
  expect(await client.where(stopped)).toMatchObject({ file, line });
  await client.goOn(stopped);
  expect((await answer).status).toBe(200);

  // What is stopped while it is paused ends in time.
  const unanswered = fetch(`${urlOf(served)}/shout`, { method: 'POST', body: 'a' });
  unanswered.catch(() => undefined);
  await client.event('stopped');
  await registry.stop(id);
  expect(await docker('ps', '--all', '--quiet', '--filter', `volume=${folder}`)).toBe('');
}, 300_000);
