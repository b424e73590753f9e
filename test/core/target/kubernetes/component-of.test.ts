import { expect, it } from 'vitest';
import { say, textOf } from '../../../../src/core/messages/message';
import type { ClusterDeployment } from '../../../../src/core/target/kubernetes/client/cluster-deployment';
import { clusterDeployment } from '../../../../src/core/target/kubernetes/client/cluster-deployment';
import type { ClusterPod } from '../../../../src/core/target/kubernetes/client/cluster-pod';
import { componentOf } from '../../../../src/core/target/kubernetes/component-of';
import { PodNumbers } from '../../../../src/core/target/kubernetes/pod-numbers';
import { condition, deploymentJson } from '../../../support/pod-json';

const pod = (
  uid: string,
  state: ClusterPod['state'],
  more: Partial<ClusterPod> = {},
): ClusterPod => ({
  ...{ uid, name: uid, owner: 'me', component: 'http', createdAt: 0, restarts: 0, state },
  ...{ hasPreviousLog: false },
  ...{ needsEvents: false },
  ...more,
});

const deploymentOf = (replicas: number, conditions: readonly object[] = []): ClusterDeployment => {
  const read = clusterDeployment(deploymentJson({ spec: { replicas }, status: { conditions } }));
  if (read === undefined) throw new Error('not read');
  return read;
};

const now = 1_000_000;
function stateOf(pods: readonly ClusterPod[], deployment?: ClusterDeployment): string {
  const numbers = new PodNumbers().number(pods);
  const reasonOf = ({ reason }: ClusterPod): ClusterPod['reason'] => reason;
  const { state, reason } = componentOf({ id: 'http', deployment, pods: numbers, reasonOf, now });
  return reason === undefined ? state : `${state}: ${textOf(reason)}`;
}

const reason = say('podNoNodes');
const quota = condition('ReplicaFailure', 'True', {
  reason: 'FailedCreate',
  message:
    'pods "search-http-7d4-" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2',
});

it.each<[string, readonly ClusterPod[], ClusterDeployment | undefined, string]>([
  ['all are ready', [pod('a', 'ready'), pod('b', 'ready')], deploymentOf(2), 'ready'],
  [
    'one is not',
    [pod('a', 'ready'), pod('b', 'unhealthy', { reason })],
    deploymentOf(2),
    'unhealthy: the cluster has no nodes',
  ],
  ['one is missing', [pod('a', 'ready')], deploymentOf(2), 'starting: it has no pod yet'],
  ['an old one still stops', [pod('a', 'ready'), pod('b', 'stopping')], deploymentOf(1), 'ready'],
  [
    'an evicted one has been replaced',
    [pod('a', 'ready'), pod('b', 'failed')],
    deploymentOf(1),
    'ready',
  ],
  [
    'an evicted one has not been replaced',
    [pod('b', 'failed', { reason })],
    deploymentOf(1),
    'failed: the cluster has no nodes',
  ],
  ['there are none', [], deploymentOf(1), 'starting: it has no pod yet'],
  [
    'a quota forbids more',
    [pod('a', 'ready')],
    deploymentOf(2, [quota]),
    'unhealthy: the quota small of the namespace is exceeded (requested: pods=1, used: pods=2, limited: pods=2)',
  ],
  [
    'a quota forbids more than there must be',
    [pod('a', 'ready')],
    deploymentOf(1, [quota]),
    'ready',
  ],
  [
    'another program rejects them',
    [],
    deploymentOf(1, [
      condition('ReplicaFailure', 'True', {
        message: 'admission webhook "x" denied the request: no',
      }),
    ]),
    'unhealthy: the cluster rejects its pods: admission webhook "x" denied the request: no',
  ],
  ['it is scaled to none', [], deploymentOf(0), 'stopped'],
  ['it is scaled to none just now', [pod('a', 'stopping')], deploymentOf(0), 'stopping'],
  ['it is deleted', [pod('a', 'stopping')], undefined, 'stopping'],
  ['it has been deleted', [], undefined, 'stopped'],
])('a component where %s', (_name, pods, deployment, expected) => {
  expect(stateOf(pods, deployment)).toBe(expected);
});

it('a pod that does not end has lost its node', () => {
  const late = pod('a', 'stopping', { deleteBy: now - 40_000, node: 'node-1' });
  const { workers } = componentOf({
    ...{ id: 'http', deployment: undefined, now, reasonOf: () => undefined },
    pods: [
      [1, late],
      [2, { ...late, deleteBy: now - 10_000 }],
    ],
  });
  expect(workers.map((one) => textOf(one.reason ?? ''))).toEqual([
    'its node node-1 does not respond',
    '',
  ]);
});

it('pods keep their numbers, and new ones get the lowest free number', () => {
  const numbers = new PodNumbers();
  const of = (...pods: readonly ClusterPod[]): readonly string[] =>
    numbers.number(pods).map(([number, { name }]) => `${number} ${name}`);
  const [a, b, c] = ['a', 'b', 'c'].map((uid, at) => pod(uid, 'ready', { createdAt: 5 - at }));
  if (a === undefined || b === undefined || c === undefined) throw new Error();
  expect(of(a, b, c)).toEqual(['1 c', '2 b', '3 a']);
  expect(of(a, c)).toEqual(['1 c', '3 a']);
  expect(of(a, c, pod('d', 'starting'), pod('e', 'starting', { createdAt: 9 }))).toEqual([
    ...['1 c', '2 d', '3 a', '4 e'],
  ]);
});

it('a Deployment is updated when no pod of an earlier version is left', () => {
  const isUpdated = (status: object): boolean | undefined =>
    clusterDeployment(
      deploymentJson({ metadata: { generation: 3 }, spec: { replicas: 2 }, status: { ...status } }),
    )?.isUpdated;
  const done = { observedGeneration: 3, replicas: 2, updatedReplicas: 2 };
  expect(isUpdated(done)).toBe(true);
  expect(isUpdated({ ...done, observedGeneration: 2 })).toBe(false);
  expect(isUpdated({ ...done, updatedReplicas: 1 })).toBe(false);
  expect(isUpdated({ ...done, replicas: 3 })).toBe(false);
});
