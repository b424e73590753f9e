import { systemClock } from '../../../src/core/clock';
import { KubernetesTarget } from '../../../src/core/target/kubernetes/kubernetes-target';
import { clusterLabels } from '../../../src/core/target/kubernetes/cluster-resources';
import { FakeCluster } from '../../support/fake-cluster';
import { deploymentJson, podJson, type Json } from '../../support/pod-json';
import { engineTree, type EngineTree } from './engine-tree';

export interface LargeCluster {
  readonly tree: EngineTree;
  /** A pod is started again: kubectl prints what has changed. */
  change(): void;
}

const owner = { bento: 'service.py:svc', folder: '/work/big' };

/** A window that watches a bento of this size in a cluster whose kubectl is a fake. */
export async function largeCluster(components: number, podsEach: number): Promise<LargeCluster> {
  const cluster = new FakeCluster();
  const labels = clusterLabels({ ...owner, user: 'mia' });
  const pods: Json[] = [];
  for (let index = 0; index < components; index++) {
    const name = `s${String(index)}`;
    const own = { ...labels, 'serve-bento.dev/component': name };
    const metadata = { name, uid: name, labels: own };
    cluster.put(
      deploymentJson({
        metadata: {
          ...metadata,
          annotations: { 'serve-bento.dev/component-id': `service:${name}` },
        },
        spec: { replicas: podsEach },
        status: { replicas: podsEach, updatedReplicas: podsEach, readyReplicas: podsEach },
      }),
    );
    for (let number = 0; number < podsEach; number++) {
      const pod = `${name}-${String(number)}`;
      pods.push(podJson({ metadata: { name: pod, uid: pod, labels: own } }));
    }
  }
  for (const pod of pods) cluster.put(pod);
  const target = await KubernetesTarget.open(
    {
      ...{ run: cluster.kubectl.run, clock: systemClock, env: { PATH: '/bin' }, cwd: '/', owner },
      program: { file: '/bin/kubectl', version: '1.32.0' },
      place: { context: 'dev', namespace: 'team' },
    },
    new AbortController().signal,
  );
  const applied = await target.adopt();
  if (applied === undefined) throw new Error('nothing was found');
  let next = 0;
  const restarts = new Map<string, number>();
  return {
    tree: engineTree(applied, systemClock),
    change: () => {
      const { metadata } = pods[(next += 7) % pods.length] as { metadata: { name: string } };
      const { name } = metadata;
      const restartCount = (restarts.get(name) ?? 0) + 1;
      restarts.set(name, restartCount);
      const stored = cluster.get('Pod', name);
      const status = stored['status'] as { containerStatuses: readonly Json[] };
      const containerStatuses = status.containerStatuses.map((one) => ({ ...one, restartCount }));
      cluster.put({ ...stored, status: { ...status, containerStatuses } });
    },
  };
}
