import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, inject, it } from 'vitest';
import { output } from '../../scripts/run-program.mts';
import { systemClock } from '../../src/core/clock';
import { createRun } from '../../src/core/programs/run';
import { ClusterWatch } from '../../src/core/target/kubernetes/client/cluster-watch';
import { findKubectl } from '../../src/core/target/kubernetes/client/find-kubectl';
import { Kubectl } from '../../src/core/target/kubernetes/client/kubectl';
import { resourcePaths } from '../../src/core/target/kubernetes/client/resource-paths';
import { until } from '../support/until';
import { startCluster } from './cluster';
import { imageNamed } from './support/exported';
import { makeNodes } from './support/nodes';

it('a watch says that the state is unknown while the API server is down, and is true after it', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'own-cluster-'));
  const running = await startCluster(folder, inject('clusterPrograms'));
  const { env, kubectl: program } = running.cluster;
  const ask = (...args: readonly string[]): Promise<string> => output(program, args, { env });
  await makeNodes(running.cluster, [{ name: 'node-1', cpu: 8 }]);
  const run = createRun(() => undefined);
  const found = await findKubectl({ env, platform: process.platform, run, cwd: folder });
  const place = { context: 'admin', namespace: 'default' };
  const kubectl = new Kubectl({ run, program: found, env, cwd: folder, place });
  const watch = new ClusterWatch(
    ...([kubectl, resourcePaths('', 'default'), { app: 'watched' }, systemClock] as const),
  );
  const states = (): readonly string[] =>
    watch.state.pods.map(({ name, state }) => `${name} ${state}`).sort();
  try {
    const image = `--image=${imageNamed('ready')}`;
    await ask('run', 'before', image, '--labels=app=watched');
    await ask('run', 'other', image);
    await watch.start();
    await until('the pod', () => states().join() === 'before ready');

    await running.apiserver.stop();
    await until('an unknown state', () => watch.state.unknown !== undefined);
    expect(watch.state.unknown?.problem.code).toBe('engine-unreachable');
    // What was last seen is still there.
    expect(states()).toEqual(['before ready']);

    await running.apiserver.start();
    await ask('delete', 'pod', 'before', '--wait=false');
    await ask('run', 'after', image, '--labels=app=watched');
    await until('the truth', () => states().join() === 'after ready');
    expect(watch.state.unknown).toBeUndefined();
  } finally {
    watch.dispose();
    await running.end();
    await rm(folder, { recursive: true, force: true });
  }
});
