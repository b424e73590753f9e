import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { output } from '../../scripts/run-program.mts';
import { enterTestEnvironment } from '../../scripts/test-environment.mts';
import { assertInNamespaces } from '../support/namespaces.mts';
import { startCluster, type Cluster } from './cluster';
import { ensurePrograms, type ClusterPrograms } from './programs.mts';
import { makeNodes } from './support/nodes';

declare module 'vitest' {
  interface ProvidedContext {
    readonly cluster: Cluster;
    /** For files that start another cluster. */
    readonly clusterPrograms: ClusterPrograms;
  }
}

/** Starts one cluster with nodes for all test files, and ends it after the run. */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  assertInNamespaces('npm run test:kubernetes');
  const programs = await ensurePrograms();
  enterTestEnvironment();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cluster-'));
  // etcd waits for the disk at each write.
  await output('mount', ['-t', 'tmpfs', 'tmpfs', folder]);
  const running = await startCluster(folder, programs);
  const { cluster } = running;
  await makeNodes(cluster, [
    ...['node-1', 'node-2', 'node-3'].map((name) => ({ name, cpu: 8 })),
    { name: 'gpu-1', cpu: 8, gpus: 2 },
  ]);
  provide('cluster', cluster);
  provide('clusterPrograms', programs);
  return async () => {
    await running.end();
    await output('umount', [folder]);
    await rm(folder, { recursive: true, force: true });
  };
}
