import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../../src/core/messages/message';
import { clusterPod } from '../../../../../src/core/target/kubernetes/client/cluster-pod';
import {
  condition,
  container,
  notReady,
  podJson,
  podWith,
  terminated,
  unscheduled,
  waiting,
  type Json,
} from '../../../../support/pod-json';

const stateOf = (json: Json): string => {
  const pod = clusterPod(json);
  if (pod === undefined) throw new Error('no pod');
  return pod.reason === undefined ? pod.state : `${pod.state}: ${textOf(pod.reason)}`;
};

const crashLoop = (ended: Json, restartCount = 3): Json =>
  podWith(
    waiting('CrashLoopBackOff', 'back-off 40s restarting failed container=bento pod=x_team(1)', {
      ...{ restartCount, lastState: ended },
    }),
    'Running',
  );
const running = (more: Json): Json =>
  container({ ...{ ready: false, started: true, restartCount: 0 }, ...more });

describe('the state of a pod and its reason', () => {
  it.each<[string, Json, string]>([
    ['ready', podJson(), 'ready'],
    [
      'it waits for the scheduler',
      podJson({
        spec: { nodeName: undefined },
        status: { phase: 'Pending', conditions: [], containerStatuses: undefined },
      }),
      'starting: waiting for a node',
    ],
    ['its containers are created', podWith(waiting('ContainerCreating')), 'starting'],
    [
      'the image does not exist',
      podWith(
        waiting(
          'ErrImagePull',
          'rpc error: code = NotFound desc = failed to pull and unpack image "registry.example.com/search@sha256:aa": failed to resolve reference "registry.example.com/search@sha256:aa": registry.example.com/search@sha256:aa: not found',
        ),
      ),
      'unhealthy: the image registry.example.com/search@sha256:aa cannot be pulled: it does not exist in its registry',
    ],
    [
      'the image is pulled again later',
      podWith(
        waiting(
          'ImagePullBackOff',
          'Back-off pulling image "registry.example.com/search@sha256:aa": ErrImagePull: failed to pull and unpack image "registry.example.com/search@sha256:aa": failed to do request: Head "https://registry.example.com/v2/search/manifests/sha256:aa": dial tcp: lookup registry.example.com: no such host',
        ),
      ),
      'backingOff: the image registry.example.com/search@sha256:aa cannot be pulled: Head "https://registry.example.com/v2/search/manifests/sha256:aa": dial tcp: lookup registry.example.com: no such host',
    ],
    [
      'the image is pulled again later by an old kubelet',
      podWith(
        waiting(
          'ImagePullBackOff',
          'Back-off pulling image "registry.example.com/search@sha256:aa"',
        ),
      ),
      'backingOff: the image registry.example.com/search@sha256:aa cannot be pulled: the cluster gave no reason',
    ],
    [
      'the registry needs a login',
      podWith(
        waiting(
          'ErrImagePull',
          'failed to authorize: failed to fetch anonymous token: unexpected status from GET request: 401 Unauthorized',
        ),
      ),
      'unhealthy: the image registry.example.com/search@sha256:aa cannot be pulled: its registry denies access to it',
    ],
    [
      'the name of the image is wrong',
      podWith(
        waiting('InvalidImageName', 'Failed to apply default image tag "A B": invalid reference'),
      ),
      'unhealthy: the image registry.example.com/search@sha256:aa cannot be pulled: its name is not valid',
    ],
    [
      'no node has the resources',
      unscheduled(
        '0/4 nodes are available: 1 Insufficient nvidia.com/gpu, 3 Insufficient cpu. preemption: 0/4 nodes are available: 4 No preemption victims found for incoming pod.',
      ),
      'unhealthy: no node has enough free GPU, CPU (1 Insufficient nvidia.com/gpu, 3 Insufficient cpu)',
    ],
    [
      'nodes are tainted, or have no memory',
      unscheduled(
        '0/3 nodes are available: 1 node(s) had untolerated taint {dedicated: gpu}, 2 Insufficient memory, 2 Too many pods. no new claims to deallocate, preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
      ),
      'unhealthy: no node has enough free memory, pods (1 node(s) had untolerated taint {dedicated: gpu}, 2 Insufficient memory, 2 Too many pods)',
    ],
    [
      'all nodes are tainted',
      unscheduled(
        "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
      ),
      "unhealthy: no node is suitable (1 node(s) didn't match Pod's node affinity/selector)",
    ],
    [
      'there are no nodes',
      unscheduled('no nodes available to schedule pods'),
      'unhealthy: the cluster has no nodes',
    ],
    [
      'a Secret is missing',
      podWith(waiting('CreateContainerConfigError', 'secret "search-secrets" not found')),
      'unhealthy: the Secret search-secrets does not exist',
    ],
    [
      'a ConfigMap is missing',
      podWith(waiting('CreateContainerConfigError', 'configmap "settings" not found')),
      'unhealthy: the ConfigMap settings does not exist',
    ],
    [
      'a key of a Secret is missing',
      podWith(
        waiting(
          'CreateContainerConfigError',
          "couldn't find key API_TOKEN in Secret team/search-secrets",
        ),
      ),
      'unhealthy: the Secret search-secrets has no key API_TOKEN',
    ],
    [
      'it must not run as root',
      podWith(
        waiting(
          'CreateContainerConfigError',
          'container has runAsNonRoot and image will run as root (pod: "x_team(1)", container: bento)',
        ),
      ),
      'unhealthy: its container cannot be created: container has runAsNonRoot and image will run as root (pod: "x_team(1)", container: bento)',
    ],
    [
      'the program is missing',
      podWith(
        waiting(
          'RunContainerError',
          'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "python": executable file not found in $PATH: unknown',
        ),
        'Running',
      ),
      'unhealthy: its container cannot be created: runc create failed: unable to start container process: exec: "python": executable file not found in $PATH: unknown',
    ],
    [
      'it was killed for its memory and waits',
      crashLoop(terminated(137, 'OOMKilled')),
      'backingOff: killed: out of memory',
    ],
    ['it keeps ending', crashLoop(terminated(1)), 'backingOff: exited with code 1'],
    [
      'it was killed by somebody else',
      crashLoop(terminated(137)),
      'backingOff: was killed by SIGKILL (out of memory?)',
    ],
    [
      'it has ended just now',
      podWith(container({ ready: false, state: terminated(3) }), 'Running'),
      'backingOff: exited with code 3',
    ],
    [
      'its startup probe has not succeeded yet',
      podWith(running({ started: false }), 'Running'),
      'starting',
    ],
    [
      'it starts again after a crash',
      podWith(
        running({ started: false, restartCount: 1, lastState: terminated(137, 'OOMKilled') }),
        'Running',
      ),
      'starting: restarted (killed: out of memory)',
    ],
    [
      'its readiness has not been checked yet',
      podWith(running({}), 'Running', '2026-11-28T12:00:10Z'),
      'starting',
    ],
    [
      'it was ready, and is no longer',
      podWith(running({}), 'Running', '2026-11-28T12:05:00Z'),
      'unhealthy: its readiness probe fails',
    ],
    [
      'its node does not respond',
      podJson({
        status: {
          conditions: [condition('ContainersReady', 'True'), condition('Ready', 'False')],
        },
      }),
      'unhealthy: its node node-1 does not respond',
    ],
    [
      'its node has been lost for long',
      podJson({ status: { phase: 'Unknown', reason: 'NodeLost' } }),
      'unhealthy: its node node-1 does not respond',
    ],
    [
      'a readiness gate is closed',
      podJson({
        status: {
          conditions: [
            condition('ContainersReady', 'True'),
            condition('Ready', 'False', {
              ...{ reason: 'ReadinessGatesNotReady' },
              message: 'corresponding condition of pod readiness gate "x" does not exist.',
            }),
          ],
        },
      }),
      'starting',
    ],
    [
      'it is deleted',
      podJson({ metadata: { deletionTimestamp: '2026-11-28T12:01:00Z' } }),
      'stopping',
    ],
    [
      'its node evicted it',
      podJson({
        status: {
          ...{ phase: 'Failed', reason: 'Evicted', containerStatuses: undefined },
          message:
            'The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi.',
        },
      }),
      'failed: evicted by its node: The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi.',
    ],
    ['it has ended', podJson({ status: { phase: 'Succeeded', containerStatuses: [] } }), 'stopped'],
    [
      'a container before the start fails',
      podJson({
        status: {
          ...{ phase: 'Pending', conditions: notReady() },
          initContainerStatuses: [
            { ...waiting('CrashLoopBackOff'), name: 'istio-init', lastState: terminated(2) },
          ],
          containerStatuses: [waiting('PodInitializing')],
        },
      }),
      'backingOff: exited with code 2',
    ],
    [
      'a container before the start has ended, as it should',
      podJson({
        status: {
          ...{ phase: 'Pending', conditions: notReady() },
          initContainerStatuses: [
            { ...container(), name: 'init', state: terminated(0, 'Completed') },
          ],
          containerStatuses: [waiting('PodInitializing')],
        },
      }),
      'starting',
    ],
  ])('%s', (_name, json, expected) => {
    expect(stateOf(json)).toBe(expected);
  });
});

describe('the facts of a pod', () => {
  it('are read', () => {
    expect(clusterPod(podWith(container({ restartCount: 2 }), 'Running'))).toEqual({
      ...{ uid: 'pod-1', name: 'search-http-7d4-x2x', owner: 'me', component: 'http' },
      ...{
        node: 'node-1',
        restarts: 2,
        hasPreviousLog: true,
        state: 'starting',
        needsEvents: true,
      },
      ...{ createdAt: Date.parse('2026-11-28T12:00:00Z') },
      startedAt: Date.parse('2026-11-28T12:00:10Z'),
    });
  });

  it('are read of a pod with nothing but its name, and of nothing else', () => {
    const bare = { metadata: { uid: '1', name: 'a' } };
    expect(clusterPod(bare)).toMatchObject({ state: 'starting', restarts: 0, owner: '' });
    expect(clusterPod({ ...bare, status: { phase: 7, conditions: 'x' } })).toMatchObject({});
    for (const other of [undefined, null, 'x', {}, { metadata: {} }]) {
      expect(clusterPod(other)).toBeUndefined();
    }
  });

  it('say whether the log has the cause of a crash, and of which container', () => {
    expect(clusterPod(crashLoop(terminated(1)))?.crash).toEqual({ isPrevious: true });
    const ended = podWith(container({ ready: false, state: terminated(3) }), 'Running');
    expect(clusterPod(ended)?.crash).toEqual({ isPrevious: false });
    expect(clusterPod(crashLoop(terminated(137, 'OOMKilled')))?.crash).toBeUndefined();
    expect(clusterPod(podJson())?.crash).toBeUndefined();
  });
});
