import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { until } from '../support/until';
import { imageNamed } from './support/exported';
import { running } from './support/kubectl-process';
import { containerLog, pointAt } from './support/local-process';
import { testNamespaces, type KubernetesObject, type Namespace } from './support/namespace';

const namespace = testNamespaces();

const run = (to: Namespace, pod: string, image = pod): Promise<string> =>
  to.kubectl('run', pod, `--image=${imageNamed(image)}`);

interface ContainerStatus {
  readonly ready: boolean;
  readonly restartCount: number;
  readonly state: object;
  readonly lastState: object;
}

const container = ({ status }: KubernetesObject): ContainerStatus | undefined =>
  (status?.['containerStatuses'] as readonly ContainerStatus[] | undefined)?.[0];

it('is the Kubernetes that the manifests are for, with nodes of CPUs and GPUs', async () => {
  const own = await namespace();
  expect(JSON.parse(await own.kubectl('version', '--output', 'json'))).toMatchObject({
    clientVersion: { gitVersion: 'v1.37.2' },
    serverVersion: { gitVersion: 'v1.37.2' },
  });
  const format = 'jsonpath={range .items[*]}{.metadata.name} {.status.allocatable}{"\\n"}{end}';
  const nodes = (await own.kubectl('get', 'nodes', '--output', format)).split('\n');
  expect(nodes).toHaveLength(4);
  expect(nodes[0]).toMatch(/^gpu-1 .*"nvidia.com\/gpu":"2"/);
});

it('makes of pods what their image names', async () => {
  const own = await namespace();
  const images = ['ready', 'missing', 'crashes', 'memory', 'unready', 'slow'];
  for (const image of images) await run(own, image);
  const pods = await until('statuses of all pods', async () => {
    const found = await own.objects('pods');
    return found.every((pod) => container(pod) !== undefined) ? found : undefined;
  });
  const of = new Map(pods.map((pod) => [pod.metadata.name, container(pod)]));
  expect(of.get('ready')).toMatchObject({ ready: true, state: { running: {} } });
  expect(of.get('slow')).toMatchObject({ ready: true });
  expect(of.get('unready')).toMatchObject({ ready: false, state: { running: {} } });
  expect(of.get('missing')).toMatchObject({ state: { waiting: { reason: 'ImagePullBackOff' } } });
  expect(of.get('crashes')).toMatchObject({
    ...{ restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } },
    lastState: { terminated: { exitCode: 1 } },
  });
  expect(of.get('memory')).toMatchObject({
    lastState: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
  });
});

it('knows users that may read, and users that may do nothing', async () => {
  const own = await namespace();
  expect(await own.kubectl('--context', 'viewer', 'get', 'pods')).toBe('');
  const asViewer = ['--context', 'viewer', 'create', 'quota', 'none'];
  expect(await own.refused(...asViewer)).toContain('User "viewer" cannot create resource');
  expect(await own.refused('--context', 'nobody', 'get', 'pods')).toContain('is forbidden');
  expect(await own.refused('--context', 'unreachable', 'get', 'pods')).toContain('refused');
});

let folder: string | undefined;
let server: http.Server | undefined;
afterEach(async () => {
  server?.close();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

it('reaches a process of this machine through a pod: logs, port and commands', async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pod-'));
  server = http.createServer((_, response) => response.end('from the process'));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const logsFile = path.join(folder, 'log');
  const previousLogsFile = path.join(folder, 'previous');
  await writeFile(logsFile, containerLog('first'));
  await writeFile(previousLogsFile, containerLog('before'));
  const own = await namespace();
  await run(own, 'real');
  await own.kubectl('wait', '--for=condition=Ready', 'pod/real');
  await pointAt(own, 'real', { port, logsFile, previousLogsFile });

  expect(await own.kubectl('logs', '--previous', 'real')).toBe('before');
  expect(await own.kubectl('exec', 'real', '--', 'echo', 'done')).toBe('done');
  const follow = running(own, 'logs', '--follow', 'real');
  await follow.printed('first');
  await appendFile(logsFile, containerLog('second'));
  await follow.printed('second');
  const forward = running(own, 'port-forward', 'pod/real', ':3000');
  const [, address] = await forward.printed(/Forwarding from (127\.0\.0\.1:\d+)/);
  expect(await (await fetch(`http://${address ?? ''}`)).text()).toBe('from the process');
  await Promise.all([follow.end(), forward.end()]);
});
