import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, inject, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import type { Bento } from '../../src/core/model';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { imageNamed } from './support/exported';
import { containerLog, pointAt } from './support/local-process';
import { testNamespaces, type Namespace } from './support/namespace';

const cluster = inject('cluster');
const harnesses = testHarness();
const namespace = testNamespaces();
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const states = (bento: Bento | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(bento?.components.map(({ id, state }) => [id, state]) ?? []);

const allReady = { http: 'ready', 'service:Embedder': 'ready', 'service:Ranker': 'ready' };

/** The sample on Kubernetes. The last part of the image's name decides what becomes of its pods. */
async function searchOn(
  own: Namespace,
  { fate = 'ready', context = 'admin', settings = {}, consent = false } = {},
): Promise<ReturnType<typeof harnesses.set>> {
  const { 'bentoml-1.4': python } = await ensureEnvironments(['bentoml-1.4']);
  return harnesses.set({
    ...{ python, sample: 'samples/search', reference: 'service:Search', consent },
    settings: { target: 'kubernetes', ...settings },
    engine: {
      ...{ env: cluster.env, image: imageNamed(fate) },
      cluster: { context, namespace: own.name },
    },
  });
}

it('a bento is served in a cluster, found again, restarted and stopped like any other', async () => {
  const own = await namespace();
  const { registry } = await searchOn(own);
  const [{ id } = { id: '' }] = registry.bentos;
  const served = await registry.serve(id);
  expect(served).toMatchObject({
    state: 'ready',
    engine: { kind: 'kubernetes', context: 'admin', namespace: own.name },
  });
  expect(states(served)).toEqual(allReady);
  const [http] = served.components;
  const [pod] = http?.workers ?? [];
  expect(pod).toMatchObject({ state: 'ready', node: expect.stringMatching(/^node-|^gpu-/) });

  // The pods are simulated. One is pointed at a server of this machine: port and log are real.
  const server = createServer((_, response) => response.end('from the pod')).listen(0);
  cleanups.push(() => server.close());
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pod-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const logsFile = path.join(folder, 'log');
  await writeFile(logsFile, containerLog('a line of the pod'));
  const { port } = server.address() as { port: number };
  await pointAt(own, pod?.name ?? '', { port, logsFile });
  const answer = await until('an answer through the forwarded port', async () =>
    (await fetch(http?.url ?? '').catch(() => undefined))?.text(),
  );
  expect(answer).toBe('from the pod');
  await until(
    'output of the pod',
    () => registry.details(id, 'http')?.output.text().includes('a line of the pod') === true,
  );

  // The window closes and opens again.
  await registry.leave();
  expect(registry.bento(id)?.state).toBe('stopped');
  expect(await own.objects('deployments')).toHaveLength(3);
  await registry.refresh();
  await until('found again', () => registry.bento(id)?.state === 'ready');

  // What is deleted in the cluster is seen here, and the cluster replaces it.
  const ranker = (): string | undefined =>
    registry.bento(id)?.components.find((one) => one.id === 'service:Ranker')?.workers?.[0]?.name;
  const before = ranker();
  await own.kubectl('delete', 'pod', before ?? '', '--wait=false');
  await until('another pod', () => ranker() !== before && ranker() !== undefined);
  await until('ready again', () => registry.bento(id)?.state === 'ready');

  expect(states(await registry.restart(id, 'service:Ranker'))).toEqual(allReady);

  await registry.stop(id);
  expect(registry.bento(id)?.state).toBe('stopped');
  await until('that nothing is left', async () => {
    const left = await own.objects('deployments,services,pods,networkpolicies,secrets');
    return left.length === 0;
  });
}, 120_000);

it.each([
  ['missing', 'image-unavailable', /cannot be pulled/],
  ['crashes', 'crashed', /keeps stopping|has stopped/],
])(
  'a bento whose pods do not start says why: %s',
  async (fate, code, message) => {
    const own = await namespace();
    const { registry } = await searchOn(own, { fate, settings: { startTimeout: 20 } });
    const [{ id } = { id: '' }] = registry.bentos;
    const serve = registry.serve(id);
    await expect(serve).rejects.toMatchObject({ code });
    await expect(serve).rejects.toThrow(message);
    expect(await own.objects('deployments,services')).toEqual([]);
  },
  120_000,
);

it.each([
  ['viewer', 'engine-denied'],
  ['nobody', 'engine-denied'],
  ['unreachable', 'engine-unreachable'],
])(
  'a user without rights or cluster is told so: %s',
  async (context, code) => {
    const own = await namespace();
    const { registry } = await searchOn(own, { context });
    const [{ id } = { id: '' }] = registry.bentos;
    await expect(registry.serve(id)).rejects.toMatchObject({ code });
    expect(await own.objects('deployments')).toEqual([]);
  },
  60_000,
);

it.each([
  [['admin'], false, 'cancelled'],
  [['prod'], false, 'ready'],
  [['ADMIN'], true, 'ready'],
])(
  'a production context needs a yes each time: %j, %s',
  async (words, consent, expected) => {
    const own = await namespace();
    const settings = { kubernetes: { productionContexts: words } };
    const { registry } = await searchOn(own, { settings, consent });
    const [{ id } = { id: '' }] = registry.bentos;
    const outcome = await registry.serve(id).then(
      ({ state }) => state,
      (error: unknown) => (error as { code: string }).code,
    );
    expect(outcome).toBe(expected);
    await registry.stop(id);
  },
  60_000,
);
