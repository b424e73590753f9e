import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/core/clock';
import { textOf } from '../../src/core/messages/message';
import { createRun } from '../../src/core/programs/run';
import { ServeError } from '../../src/core/problem';
import type { ContainerPlan } from '../../src/core/target/containers/container-plan';
import { toContainerPlan } from '../../src/core/target/containers/to-container-plan';
import { findKubectl } from '../../src/core/target/kubernetes/client/find-kubectl';
import { KubernetesTarget } from '../../src/core/target/kubernetes/kubernetes-target';
import type { AppliedBento } from '../../src/core/target/target';
import { classRequest, settingsWith } from '../support/container-plans';
import { until } from '../support/until';
import { imageNamed } from './support/exported';
import { containerLog, pointAt } from './support/local-process';
import { testNamespaces } from './support/namespace';

const namespace = testNamespaces();
const cluster = inject('cluster');
const run = createRun(() => undefined);
const { signal } = new AbortController();
const cleanups: (() => unknown)[] = [];
let port = 38_300;

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

/** A target as a window of the user makes it. */
async function open(
  name: string,
  { context = 'admin', folder = '/work/search' } = {},
): Promise<KubernetesTarget> {
  const { env } = cluster;
  const cwd = os.tmpdir();
  const program = await findKubectl({ env, platform: process.platform, run, cwd });
  const owner = { bento: 'service.py:Search', folder };
  const place = { context, namespace: name };
  return KubernetesTarget.open(
    { run, clock: systemClock, program, env, cwd, place, owner },
    signal,
  );
}

/** The plan of an entry service with two dependencies. */
function searchPlan(image = 'ready'): ContainerPlan {
  const { http: settings } = settingsWith();
  const request = classRequest({
    ...{ settings: settingsWith({ http: { ...settings, port: ++port } }), fileVariables: [] },
    source: { kind: 'image', image: imageNamed(image) },
  });
  return { ...toContainerPlan(request), startSeconds: image === 'unready' ? 8 : 30 };
}

const apiToken = { API_TOKEN: 'pa$$ "w\'ord\n#' };

async function applied(target: KubernetesTarget, plan = searchPlan()): Promise<AppliedBento> {
  const bento = await target.apply(target.resources(plan), { signal, secrets: apiToken });
  cleanups.push(() => bento.dispose());
  return bento;
}

const failure = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof ServeError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no failure';
};

const states = ({ state }: AppliedBento): Readonly<Record<string, string>> =>
  Object.fromEntries(state.components.map((one) => [one.id, one.state]));

const allReady = { http: 'ready', 'service:Embedder': 'ready', 'service:Ranker': 'ready' };
const kinds = 'deployments,services,secrets,poddisruptionbudgets,networkpolicies';

it('a bento is served, found from another machine, kept true, and stopped', async () => {
  const own = await namespace();
  const target = await open(own.name);
  expect(await target.adopt()).toBeUndefined();
  const plan = { ...searchPlan(), secretVariables: ['API_TOKEN'] };
  await own.kubectl('create', 'configmap', 'other', '--from-literal=a=b');
  await own.kubectl('create', 'service', 'clusterip', 'other', '--tcp=80');

  const bento = await applied(target, plan);
  expect(states(bento)).toEqual(allReady);
  const token = '{.data.API_TOKEN}';
  const secret = await own.kubectl('get', 'secret', 'search-secrets', '-o', `jsonpath=${token}`);
  expect(Buffer.from(secret, 'base64').toString()).toBe('pa$$ "w\'ord\n#');
  const [pod] = bento.state.components.find(({ id }) => id === 'http')?.workers ?? [];
  expect(pod).toMatchObject({
    number: 1,
    restarts: 0,
    node: expect.stringMatching(/^(?:node|gpu)-\d$/) as string,
  });

  // The same again changes nothing, and needs no new pods.
  bento.dispose();
  const same = await target.compare(target.resources(plan), { signal, secrets: apiToken });
  expect(same.planned).toBe(same.running);
  const again = await applied(await open(own.name), plan);
  expect(
    again.state.components.flatMap(({ workers }) => workers.map(({ name }) => name)),
  ).toContain(pod?.name);

  const adopted = await (await open(own.name, { folder: '/home/mia/search' })).adopt();
  if (adopted === undefined) throw new Error('not found');
  cleanups.push(() => adopted.dispose());
  expect(states(adopted)).toEqual(allReady);

  // Others delete a pod, or the number of pods changes: the rows follow.
  await own.kubectl('delete', 'pod', '--wait=false', pod?.name ?? '');
  await until('another pod', () => {
    const http = adopted.state.components.find(({ id }) => id === 'http');
    return http?.state === 'ready' && !http.workers.some(({ name }) => name === pod?.name);
  });
  await adopted.scale('service:Ranker', 3, signal);
  await until('three pods', () => {
    const ranker = adopted.state.components.find(({ id }) => id === 'service:Ranker');
    return ranker?.state === 'ready' && ranker.workers.length === 3;
  });
  await own.kubectl('delete', 'deployment', 'search-service-embedder');
  await until('a component that is gone', () => states(adopted)['service:Embedder'] === 'stopped');

  await adopted.restart('service:Ranker', signal);
  expect(adopted.state.components.find(({ id }) => id === 'service:Ranker')?.state).toBe('ready');

  await adopted.stop(signal);
  expect(Object.values(states(adopted))).toEqual(['stopped', 'stopped', 'stopped']);
  const left = await own.objects(`${kinds},pods,configmaps`);
  expect(left.map(({ metadata }) => metadata.name).sort()).toEqual([
    'kube-root-ca.crt',
    'other',
    'other',
  ]);
});

it('its address leads to a ready pod, also after that pod was replaced', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pod-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const server = http.createServer((_, response) => response.end('from the pod'));
  cleanups.push(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  const logsFile = path.join(folder, 'log');
  await writeFile(logsFile, containerLog('ready to serve'));
  const own = await namespace();
  const bento = await applied(await open(own.name));
  const entry = (): AppliedBento['state']['components'][number] | undefined =>
    bento.state.components.find(({ id }) => id === 'http');
  const answer = async (): Promise<boolean> => {
    const [pod] = entry()?.workers.filter(({ state }) => state === 'ready') ?? [];
    if (pod === undefined) return false;
    await pointAt(own, pod.name, { port: address.port, logsFile });
    const response = await fetch(entry()?.address ?? '').catch(() => undefined);
    return (await response?.text()) === 'from the pod';
  };
  await until('an answer', answer);
  const [pod] = entry()?.workers ?? [];
  if (pod === undefined) throw new Error('no pod');
  let output = '';
  const logs = new AbortController();
  const following = bento.logs({
    ...{ worker: pod, tail: 10, signal: logs.signal },
    onOutput: (text) => (output += text),
  });
  await until('its log', () => output.includes('ready to serve'));
  logs.abort();
  await expect(following).rejects.toMatchObject({ code: 'cancelled' });
  const { file, args, env } = bento.shell(pod);
  expect(args).toEqual(expect.arrayContaining(['exec', '--stdin', '--tty', pod.name]));
  expect(
    (await run(file, ['version', '--client'], { env, cwd: folder, maxBytes: 10_000 })).failed,
  ).toBe(false);

  await own.kubectl('delete', 'pod', '--wait=false', pod.name);
  await until('an answer of another pod', async () => {
    const isOther = entry()?.workers.every(({ name }) => name !== pod.name) ?? false;
    return isOther && (await answer());
  });
  await bento.stop(signal);
});

it.each([
  ['missing', /^image-unavailable: .*the image .*missing@sha256:a+ cannot be pulled: /],
  ['crashes', /^crashed: search-.* keeps stopping \(exited with code 1/],
  ['unready', /^start-timeout: .* did not become ready \(/],
])(
  'a bento whose pods are %s is not served, and leaves nothing behind',
  async (image, expected) => {
    const own = await namespace();
    expect(await failure(applied(await open(own.name), searchPlan(image)))).toMatch(expected);
    await until('no pods', async () => (await own.objects('pods')).length === 0);
    expect(await own.objects(`deployments,services,networkpolicies`)).toEqual([]);
  },
);

it('the resource that no node has is named', async () => {
  const own = await namespace();
  const plan = searchPlan();
  const workloads = plan.workloads.map((one) => ({
    ...one,
    resources: { ...one.resources, gpus: 64 },
  }));
  const work = applied(await open(own.name), { ...plan, workloads, startSeconds: 5 });
  expect(await failure(work)).toMatch(
    /^no-capacity: The cluster cannot schedule .*: no node has enough free GPU \(.*Insufficient nvidia\.com\/gpu/,
  );
});

it('the quota that is exceeded is named', async () => {
  const own = await namespace();
  await own.kubectl('create', 'quota', 'small', '--hard=pods=1');
  expect(await failure(applied(await open(own.name)))).toMatch(
    /^no-capacity: The cluster cannot schedule .*: the quota small of the namespace is exceeded \(requested: pods=1, used: pods=1, limited: pods=1\)/,
  );
  expect(await own.objects('deployments')).toEqual([]);
});

it('what another owner or program has applied is not touched', async () => {
  const own = await namespace();
  const { name } = own;
  await applied(await open(name));
  const before = await own.objects(kinds);
  const other = await open(name, { folder: '/work/other' });
  expect(await other.adopt()).toBeUndefined();
  expect(await failure(applied(other))).toMatch(
    /^engine-conflict: The namespace .* already has (?:Deployment|Service) search-.*, which this bento did not create/,
  );
  expect(await own.objects(kinds)).toEqual(before);

  // Another program manages a field: that is not overridden.
  await own.kubectl('set', 'image', 'deployment/search-http', `bento=${imageNamed('other')}`);
  expect(await failure(applied(await open(name)))).toMatch(
    /^engine-rejected: kubectl-set manages a field that Serve Bento would change \(.*image/,
  );
});

it('missing access, contexts and namespaces are named before anything is applied', async () => {
  const own = await namespace();
  expect(await failure(applied(await open(own.name, { context: 'viewer' })))).toMatch(
    /^engine-denied: You lack permissions in the namespace test-.*: create deployments, delete deployments, patch deployments, …\. Ask/,
  );
  expect(await failure(open(own.name, { context: 'unreachable' }))).toMatch(
    /^engine-unreachable: The cluster of unreachable cannot be reached \(connection refused\)/,
  );
  expect(await failure(open(own.name, { context: 'nowhere' }))).toMatch(
    /^no-context: kubectl has no context nowhere/,
  );
  expect(await failure(applied(await open('no-such-namespace')))).toMatch(
    /^no-context: The cluster of admin has no namespace no-such-namespace/,
  );
  expect(await own.objects(kinds)).toEqual([]);
});

it('what a restart would change is shown, changes nothing, and has no secrets', async () => {
  const own = await namespace();
  const target = await open(own.name);
  const plan = { ...searchPlan(), env: { LEVEL: 'info' }, secretVariables: ['API_TOKEN'] };
  const bento = await applied(target, plan);
  // Somebody else's variable may be a secret, too.
  await own.kubectl('set', 'env', 'deployment/search-http', 'OTHER=hunter2');
  // The cluster itself changes the status all the time.
  const versions = async (): Promise<string> =>
    (await own.kubectl('get', 'deployments', '-o', `jsonpath={.items[*].metadata.generation}`)) +
    (await own.kubectl(
      'get',
      'services,secrets,networkpolicies',
      '-o',
      `jsonpath={.items[*].metadata.resourceVersion}`,
    ));
  const before = await versions();

  const [http, ...others] = plan.workloads.toReversed();
  if (http === undefined) throw new Error('no workload');
  const next = {
    ...{ ...plan, env: { LEVEL: 'debug' } },
    workloads: [...others.slice(1), { ...http, replicas: 2 }],
  };
  const secrets = { API_TOKEN: 'another' };
  const { running, planned } = await target.compare(target.resources(next), { signal, secrets });
  expect(running).toMatch(/name: LEVEL\n\s+value: info/);
  expect(planned).toMatch(/name: LEVEL\n\s+value: debug/);
  expect(running).toContain('API_TOKEN: "***"');
  expect(planned).toContain('API_TOKEN: changed');
  expect(planned).toContain('serve-bento.dev/secrets: changed');
  expect(running).toMatch(/replicas: 1\n/);
  expect(planned).toMatch(/replicas: 2\n/);
  // The component that is left out would be deleted.
  expect(running.match(/^kind: Deployment$/gm)).toHaveLength(3);
  expect(planned.match(/^kind: Deployment$/gm)).toHaveLength(2);
  for (const text of [running, planned]) {
    expect(text).toMatch(/name: OTHER\n\s+value: "\*\*\*"/);
    expect(text).not.toMatch(/hunter2|another|pa\$\$/);
    for (const value of [...Object.values(secrets), ...Object.values(apiToken)]) {
      expect(text).not.toContain(Buffer.from(value).toString('base64'));
    }
  }
  expect(await versions()).toBe(before);
  await bento.stop(signal);
});

it('components have the requested numbers of pods, unless an autoscaler sets them', async () => {
  const own = await namespace();
  const target = await open(own.name);
  const plan = searchPlan();
  const workloads = plan.workloads.map((one) => ({ ...one, replicas: 2 }));
  const bento = await applied(target, { ...plan, workloads });
  const numbers = (): readonly number[] =>
    bento.state.components.map(({ workers }) => workers.length);
  expect(numbers()).toEqual([2, 2, 2]);

  await bento.scale('http', 3, signal);
  await until('three pods', () => numbers().includes(3));
  await own.kubectl('autoscale', 'deployment', 'search-http', '--min=3', '--max=5', '--cpu=80%');
  expect(await failure(bento.scale('http', 1, signal))).toBe(
    'engine-rejected: The autoscaler search-http sets the number of pods of http (3 to 5). Change its limits, or delete it.',
  );
  bento.dispose();
  const again = await applied(target, { ...plan, workloads });
  const http = again.state.components.find(({ id }) => id === 'http');
  expect(http).toMatchObject({ replicas: 3, state: 'ready' });
  await again.stop(signal);
});

it('pods and components are described without values of variables', async () => {
  const own = await namespace();
  const plan = {
    ...searchPlan(),
    env: { PASSWORD: 'first\n  Environment: hunter2\nlast' },
    secretVariables: ['API_TOKEN'],
  };
  const bento = await applied(await open(own.name), plan);
  const [pod] = bento.state.components.find(({ id }) => id === 'http')?.workers ?? [];
  const texts = await Promise.all([
    bento.describe('http', pod, signal),
    bento.describe('http', undefined, signal),
  ]);
  expect(texts[0]).toMatch(new RegExp(`^Name: +${pod?.name ?? ''}$`, 'm'));
  expect(texts[1]).toMatch(/^Name: +search-http$/m);
  for (const text of texts) {
    expect(text).toMatch(/^ +PASSWORD: +\*\*\*$/m);
    expect(text).toMatch(/search-secrets +Secret +Optional: false/);
    expect(text).toContain('Mounts:');
    expect(text).not.toMatch(/first|hunter2|last$/m);
  }
  await bento.stop(signal);
});

it('the reason of a pod names the exception in its log', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pod-'));
  cleanups.push(() => rm(folder, { recursive: true }));
  const logsFile = path.join(folder, 'log');
  const traceback = [
    'Traceback (most recent call last):',
    '  File "/home/bentoml/bento/src/service.py", line 4, in <module>',
    '    import numpyy',
    "ModuleNotFoundError: No module named 'numpyy'",
  ].join('\n');
  await writeFile(logsFile, containerLog(traceback));
  const own = await namespace();
  const bento = await applied(await open(own.name));
  const [pod] = bento.state.components.find(({ id }) => id === 'http')?.workers ?? [];
  if (pod === undefined) throw new Error('no pod');
  await pointAt(own, pod.name, { port: 1, logsFile, previousLogsFile: logsFile });
  const lastState = {
    terminated: { exitCode: 1, reason: 'Error', finishedAt: null, startedAt: null },
  };
  const status = {
    conditions: [
      { type: 'Ready', status: 'False', reason: 'ContainersNotReady' },
      { type: 'ContainersReady', status: 'False', reason: 'ContainersNotReady' },
    ],
    containerStatuses: [
      {
        ...{ name: 'bento', image: imageNamed('ready'), imageID: '', restartCount: 1 },
        ...{ ready: false, started: false, lastState },
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s' } },
      },
    ],
  };
  const patch = JSON.stringify({ status });
  await own.kubectl('patch', 'pod', pod.name, '--subresource=status', '--patch', patch);
  await until('the exception', () => {
    const http = bento.state.components.find(({ id }) => id === 'http');
    return textOf(http?.reason ?? '').includes('numpyy') && http?.state === 'backingOff';
  });
  const [ended] = bento.state.components.find(({ id }) => id === 'http')?.workers ?? [];
  if (ended === undefined) throw new Error('no pod');
  expect(ended).toMatchObject({ hasPreviousLog: true });
  let output = '';
  const request = { worker: ended, previous: true, tail: 100, signal };
  await bento.logs({ ...request, onOutput: (text) => (output += text) });
  expect(output).toContain("No module named 'numpyy'");
  await bento.stop(signal);
});
