import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, inject, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { postJson } from '../support/answers';
import { DapClient } from '../support/dap-client';
import { ensureDebugpy } from '../support/debugpy';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { imageNamed } from './support/exported';
import { containerLog, pointAt } from './support/local-process';
import { testNamespaces } from './support/namespace';

const cluster = inject('cluster');
const harnesses = testHarness();
const namespace = testNamespaces();
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

interface Container {
  readonly args: readonly string[];
  readonly livenessProbe?: object;
}

const embedder = 'service:Embedder';

it('a component in a cluster is debugged through a forwarded port, and has a normal pod afterwards', async () => {
  const own = await namespace();
  const { 'bentoml-1.4': python } = await ensureEnvironments(['bentoml-1.4']);
  const { registry, folder } = harnesses.set({
    ...{ python, sample: 'samples/search', reference: 'service:Search' },
    settings: { target: 'kubernetes' },
    engine: {
      ...{ env: cluster.env, image: imageNamed('ready') },
      cluster: { context: 'admin', namespace: own.name },
    },
  });
  const deployed = async (): Promise<Container> =>
    JSON.parse(
      await own.kubectl(
        ...['get', 'deployment', 'search-service-embedder'],
        '--output=jsonpath={.spec.template.spec.containers[0]}',
      ),
    ) as Container;
  const [{ id } = { id: '' }] = registry.bentos;
  await registry.serve(id);
  const before = await deployed();
  const podsBefore = registry.bento(id)?.components.map(({ workers }) => workers?.[0]?.name);

  const options = { debugpy: await ensureDebugpy(python), subProcess: true };
  const attaching = registry.attachDebugger(id, embedder, options);
  attaching.catch(() => undefined);
  const debugged = await until('the changed Deployment', async () => {
    const now = await deployed();
    return now.args[1] === '/run/serve-bento/debug.zip' ? now : undefined;
  });
  expect(debugged.livenessProbe).toBeUndefined();

  // The pods are simulated. What the pod would run is run here, from what the cluster has.
  const secretNames = async (): Promise<readonly string[]> =>
    (await own.objects('secrets')).map(({ metadata }) => metadata.name);
  const secret = (await secretNames()).find((one) => one.includes('-debug-')) ?? '';
  const content = await own.kubectl(
    'get',
    'secret',
    secret,
    '--output=jsonpath={.data.debug\\.zip}',
  );
  const pod = await mkdtemp(path.join(os.tmpdir(), 'pod-'));
  cleanups.push(() => rm(pod, { recursive: true }));
  const archive = path.join(pod, 'debug.zip');
  await writeFile(archive, Buffer.from(content, 'base64'));
  // The forwarded port of the API is in use here.
  const local: Readonly<Record<string, string>> = {
    '/home/bentoml/bento': 'service:Search',
    '3000': '3999',
  };
  const args = debugged.args.slice(2).map((one) => local[one] ?? one);
  const env = { ...process.env, TMPDIR: pod, BENTOML_HOME: path.join(pod, 'home') };
  const started = spawn(python, [archive, ...args], { cwd: folder, env, stdio: 'inherit' });
  cleanups.push(() => started.kill());

  const file = path.join(folder, 'service.py');
  const line =
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((one) => one.includes('return [unit_vector(text)')) + 1;
  const sessions: Promise<DapClient>[] = [];
  registry.debugger(id)?.onDidAttach((worker) => {
    const client = new DapClient(worker.connect());
    const connect = { host: '127.0.0.1', port: 0 };
    const configuration = { name: worker.name, connect, justMyCode: true };
    sessions.push(client.attach({ [file]: [line] }, configuration).then(() => client));
  });
  const name = await until('the pod with the debugger', () => {
    const found = registry.bento(id)?.components.find((one) => one.id === embedder);
    return found?.workers?.find((one) => !podsBefore?.includes(one.name))?.name;
  });
  const logsFile = path.join(pod, 'log');
  await writeFile(logsFile, containerLog('a line of the pod'));
  await pointAt(own, name, { port: 5678, logsFile });
  const [attached] = await attaching;
  // The pod that it replaces may still be there.
  expect(attached?.name).toMatch(/^Embedder(?: #2)?$/);
  expect(attached).toMatchObject({ component: embedder });
  expect(registry.details(id, embedder)?.debugging).toBe('attached');
  const client = await until('a session', () => sessions[0]);
  const server = 'http://127.0.0.1:3999';
  await until(
    'its server',
    async () => (await fetch(`${server}/livez`).catch(() => undefined))?.ok,
  );
  const paused = postJson(`${server}/embed`, { texts: ['rice'] });
  const stopped = await client.event('stopped');
  expect(await client.where(stopped)).toMatchObject({ file, line });
  await client.request('setBreakpoints', { source: { path: file }, breakpoints: [] });
  await client.goOn(stopped);
  expect(await paused).toMatchObject({ status: 200 });

  await registry.detachDebugger(id);
  expect(registry.details(id, embedder)?.debugging).toBeUndefined();
  expect(await deployed()).toEqual(before);
  expect(await secretNames()).not.toContain(secret);
  await registry.stop(id);
}, 180_000);
