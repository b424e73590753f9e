import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { output } from '../../../scripts/run-program.mts';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { SharedParts } from '../../../src/core/shared-parts';
import { ClusterProxy } from '../../../src/core/target/kubernetes/client/cluster-proxy';
import { systemClock } from '../../../src/core/clock';
import { createRun } from '../../../src/core/programs/run';
import { findKubectl } from '../../../src/core/target/kubernetes/client/find-kubectl';
import { clusterLabels } from '../../../src/core/target/kubernetes/cluster-resources';
import { kubeconfigFiles } from '../../../src/core/target/kubernetes/client/kubeconfig';
import { KubernetesTarget } from '../../../src/core/target/kubernetes/kubernetes-target';
import { startCluster } from '../../kubernetes/cluster';
import type { ClusterPrograms } from '../../kubernetes/programs.mts';
import { makeNodes } from '../../kubernetes/support/nodes';
import { deploymentJson } from '../../support/pod-json';
import { until } from '../../support/until';
import { engineTree } from './engine-tree';
import { atMost, median, type Figure } from './figure.mts';
import { memoryOf } from './memory.mts';

export type Programs = ClusterPrograms;

const components = 1_000;
const podsEach = 5;
const changesASecond = 100;
const watchedSeconds = 20;
const owner = { bento: 'service.py:svc', folder: '/work/big' };

export async function measureWatch(
  folder: string,
  programs: ClusterPrograms,
): Promise<readonly Figure[]> {
  const running = await startCluster(folder, programs);
  const { env, kubectl } = running.cluster;
  // Makes thousands of requests cheap.
  const port = 8_123;
  const proxy = spawn(kubectl, ['proxy', `--port=${String(port)}`], { env, stdio: 'ignore' });
  const api = `http://127.0.0.1:${String(port)}`;
  try {
    await makeNodes(
      running.cluster,
      Array.from({ length: 50 }, (_, index) => ({ name: `node-${String(index)}`, cpu: 100 })),
    );
    await until('the proxy', () =>
      fetch(api).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    await fill(api);
    const pods = `${api}/api/v1/namespaces/default/pods`;
    return [
      ...(await measure(folder, env, pods, true)),
      ...(await measure(folder, env, pods, false)),
    ];
  } finally {
    proxy.kill();
    await running.end();
  }
}

/** Deployments that are paused, so that nobody adds pods to those that are made here. */
async function fill(api: string): Promise<void> {
  const labels = clusterLabels({ ...owner, user: 'admin' });
  const names = Array.from({ length: components }, (_, index) => `s${String(index)}`);
  const post = async (route: string, object: object): Promise<void> => {
    const response = await fetch(`${api}${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(object),
    });
    if (!response.ok) throw new Error(await response.text());
    await response.arrayBuffer();
  };
  const makers = Array.from({ length: 16 }, async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      const own = { ...labels, 'serve-bento.dev/bento': 'big', 'serve-bento.dev/component': name };
      const podSpec = {
        containers: [{ name: 'bento', image: `registry.example.com/big@sha256:${'a'.repeat(64)}` }],
      };
      const {
        uid: _,
        generation: __,
        ...metadata
      } = deploymentJson()['metadata'] as never as Record<string, unknown>;
      await post('/apis/apps/v1/namespaces/default/deployments', {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
        metadata: {
          ...metadata,
          ...{ name, labels: own, namespace: 'default' },
          annotations: { 'serve-bento.dev/component-id': `service:${name}` },
        },
        spec: {
          ...{ paused: true, replicas: podsEach, selector: { matchLabels: own } },
          template: { metadata: { labels: own }, spec: podSpec },
        },
      });
      for (let number = 0; number < podsEach; number++) {
        await post('/api/v1/namespaces/default/pods', {
          ...{ apiVersion: 'v1', kind: 'Pod' },
          metadata: { name: `${name}-${String(number)}`, labels: own },
          spec: { ...podSpec, nodeName: `node-${String((names.length * podsEach + number) % 50)}` },
        });
      }
    }
  });
  await Promise.all(makers);
}

async function measure(
  folder: string,
  env: Readonly<Record<string, string>>,
  pods: string,
  isProxied: boolean,
): Promise<readonly Figure[]> {
  const countReady = async (): Promise<number> => {
    const args = ['get', 'pods', '--no-headers', '--field-selector=status.phase=Running'];
    const lines = await output('kubectl', [...args, '--chunk-size=0'], { env });
    return lines.trim().split('\n').length;
  };
  await until('running pods', async () => (await countReady()) >= components * podsEach, 300_000);
  const run = createRun(() => undefined);
  const program = await findKubectl({ env, platform: process.platform, run, cwd: folder });
  const place = { context: 'admin', namespace: 'default' };
  const makeFolder = (): Promise<string> => mkdtemp(path.join(folder, 'run-'));
  const kubeconfig = kubeconfigFiles({ env, platform: process.platform });
  const parts = { run, program, env, clock: systemClock, context: 'admin', kubeconfig, makeFolder };
  const proxy = (): ClusterProxy => new ClusterProxy(parts);
  const target = await KubernetesTarget.open(
    {
      ...{ run, program, env, cwd: folder, place, owner, clock: systemClock },
      ...(isProxied ? { proxy: () => new SharedParts<ClusterProxy>().acquire('', proxy) } : {}),
    },
    new AbortController().signal,
  );
  const before = memory();
  const started = performance.now();
  const applied = await target.adopt();
  if (applied === undefined) throw new Error('nothing was found');
  const tree = engineTree(applied, systemClock, { followsLogs: false });
  const firstMs = performance.now() - started;
  const watched = memory();
  tree.paint();
  await pause(5_000);
  const idle = await used(() => pause(10_000));
  const from = tree.tookMs.length;
  let rate = 0;
  const busy = await used(async () => {
    const script = 'test/bench/support/pod-changes.mjs';
    const args = [script, pods, String(changesASecond), String(watchedSeconds)];
    rate = Number(await output(process.execPath, args));
  });
  const kubectls = memoryOf(children());
  const workers = tree.workers;
  await tree.dispose();
  if (workers !== components * podsEach) throw new Error(`${String(workers)} pods are shown`);
  const updates = tree.tookMs.slice(from);
  const subject = `5,000 pods of 1,000 components, ${isProxied ? 'one kubectl' : 'a kubectl a request'}`;
  return [
    { what: `${subject}: the first complete state`, value: firstMs, unit: 'ms' },
    {
      what: `${subject}: heap that the watch adds`,
      value: (watched.heapUsed - before.heapUsed) / 1e6,
      unit: 'MB',
      goal: atMost(50),
    },
    {
      what: `${subject}: resident memory that the watch adds`,
      value: (watched.rss - before.rss) / 1e6,
      unit: 'MB',
      goal: atMost(50),
    },
    { what: `${subject}: memory of kubectl`, value: kubectls, unit: 'MB' },
    {
      what: `${subject}: processor time of the extension, no changes`,
      value: idle.own,
      unit: '% of a core',
      goal: atMost(0.3),
    },
    { what: `${subject}: the same of kubectl`, value: idle.kubectl, unit: '% of a core' },
    {
      what: `${subject}: processor time of the extension, ${rate.toFixed(0)} changes a second`,
      value: busy.own,
      unit: '% of a core',
      goal: atMost(2),
      ours: `${String(updates.length)} updates of ${median(updates).toFixed(1)} ms`,
    },
    { what: `${subject}: the same of kubectl`, value: busy.kubectl, unit: '% of a core' },
  ];
}

function memory(): NodeJS.MemoryUsage {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage();
}

/** The processor time of some work, of this process and of its kubectl processes, in percent of a core. */
async function used(
  work: () => Promise<unknown>,
): Promise<{ readonly own: number; readonly kubectl: number }> {
  const started = performance.now();
  const own = process.cpuUsage();
  const before = kubectlTicks();
  await work();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(own);
  return { own: (user + system) / 10 / ms, kubectl: (100 * 10 * (kubectlTicks() - before)) / ms };
}

/** Hundredths of a second. Short requests of kubectl that have ended are not in it: they are rare. */
const kubectlTicks = (): number =>
  children()
    .map((pid) => times(pid, [13, 14]))
    .reduce((sum, one) => sum + one, 0);

const times = (pid: number, fields: readonly number[]): number => {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  const values = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.reduce((sum, field) => sum + Number(values[field - 2]), 0);
};

/** The kubectl processes that the watch has started. */
function children(): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!Number.isInteger(pid) || pid === 0) return false;
      try {
        const command = readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8');
        return (
          command.includes('kubectl\0--context=') || command.includes('\0proxy\0--unix-socket')
        );
      } catch {
        return false;
      }
    });
}
