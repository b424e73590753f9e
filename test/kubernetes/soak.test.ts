import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import { output } from '../../scripts/run-program.mts';
import { cutMs, soakEngine, soakTestMs } from '../soak/engine-soak';
import { moment } from '../support/pauses';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { startCluster } from './cluster';
import { imageNamed } from './support/exported';
import { iptables } from './programs.mts';
import { makeNodes } from './support/nodes';

const harnesses = testHarness();

interface Pod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

it(
  'the tree is true within 5 seconds, whatever happens to a cluster',
  async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'soak-cluster-'));
    const running = await startCluster(folder, inject('clusterPrograms'));
    const { cluster, apiserver } = running;
    const { env, kubectl: program } = cluster;
    const kubectl = (...args: readonly string[]): Promise<string> => output(program, args, { env });
    const { server } = JSON.parse(
      await kubectl('config', 'view', '--output=jsonpath={.clusters[0].cluster}'),
    ) as { server: string };
    const rule = ['-p', 'tcp', '--dport', new URL(server).port, '-j', 'DROP'];
    let isCut = false;
    const restoreNetwork = (): void => {
      if (isCut) execFileSync(iptables, ['-D', 'INPUT', ...rule]);
      isCut = false;
    };
    try {
      await makeNodes(cluster, [{ name: 'node-1', cpu: 64 }]);
      const { registry } = harnesses.set({
        ...{ python: harnesses.pythons['bentoml-1.4'], sample: 'samples/search' },
        ...{ reference: 'service:Search', settings: { target: 'kubernetes' } },
        engine: {
          ...{ env, image: imageNamed('ready') },
          cluster: { context: 'admin', namespace: 'default' },
        },
      });
      const [{ id } = { id: '' }] = registry.bentos;
      await registry.serve(id);
      const pods = async (): Promise<readonly Pod[]> => {
        const args = ['get', 'pods', '--output=json', '--request-timeout=1s'];
        return (JSON.parse(await kubectl(...args)) as { items: readonly Pod[] }).items;
      };
      const isReady = ({ metadata, status }: Pod): boolean =>
        metadata.deletionTimestamp === undefined &&
        status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';
      const names = async (): Promise<readonly string[]> =>
        (await pods()).map(({ metadata }) => metadata.name);
      const deployment = async (): Promise<string> =>
        (await kubectl('get', 'deployments', '--output=name')).split('\n')[0] ?? '';
      await soakEngine({
        ...{ registry, bento: id },
        truth: async () =>
          (await pods()).map(
            (pod) => `${pod.metadata.name} ${isReady(pod) ? 'ready' : 'not ready'}`,
          ),
        processes: () => processesOf('kubectl'),
        faults: [
          {
            name: 'a pod is deleted',
            inject: async () => kubectl('delete', 'pod', '--wait=false', (await names())[0] ?? ''),
          },
          {
            name: 'all pods are deleted',
            inject: () => kubectl('delete', 'pods', '--wait=false', '--all'),
          },
          {
            name: 'another person scales it up',
            inject: async () => kubectl('scale', '--replicas=4', await deployment()),
          },
          {
            name: 'another person scales it down',
            inject: async () => kubectl('scale', '--replicas=1', await deployment()),
          },
          {
            name: 'the API server is restarted',
            inject: async () => {
              await apiserver.stop();
              await apiserver.start();
            },
          },
          {
            name: 'the API server hangs',
            inject: async () => {
              apiserver.signal('SIGSTOP');
              await moment(cutMs);
              apiserver.signal('SIGCONT');
            },
          },
          {
            name: 'the network is cut',
            inject: async () => {
              execFileSync(iptables, ['-A', 'INPUT', ...rule]);
              isCut = true;
              await moment(cutMs);
              restoreNetwork();
            },
          },
        ],
      });
      await registry.stopAll();
      expect(await names()).toEqual([]);
      await until('the end of every kubectl', () => processesOf('kubectl') === 0);
    } finally {
      // What follows must not hide why the test has failed.
      restoreNetwork();
      apiserver.signal('SIGCONT');
      await harnesses.dispose();
      await running.end();
      await rm(folder, { recursive: true, force: true });
    }
  },
  soakTestMs,
);

/** How many programs with this name this process has started that run now. */
function processesOf(name: string): number {
  const text = execFileSync('ps', ['--ppid', String(process.pid), '--format', 'args']).toString();
  return text.split('\n').filter((line) => line.includes(name)).length;
}
