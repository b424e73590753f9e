/** A part of an object of the cluster's API. */
export type Json = Readonly<Record<string, unknown>>;

const startedAt = '2026-11-28T12:00:10Z';
export const createdAt = '2026-11-28T12:00:00Z';

export const condition = (type: string, status: string, more: Json = {}): Json => ({
  ...{ type, status, lastProbeTime: null, lastTransitionTime: createdAt },
  ...more,
});

/** The container of a bento, running and ready. */
export const container = (more: Json = {}): Json => ({
  ...{ name: 'bento', image: 'registry.example.com/search@sha256:aa', imageID: '' },
  ...{ ready: true, started: true, restartCount: 0 },
  ...{ state: { running: { startedAt } }, lastState: {} },
  ...more,
});

export const waiting = (reason: string, message?: string, more: Json = {}): Json =>
  container({
    ...{ ready: false, started: false },
    state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
    ...more,
  });

export const terminated = (exitCode: number, reason = 'Error', more: Json = {}): Json => ({
  terminated: { exitCode, reason, startedAt, finishedAt: '2026-11-28T12:00:20Z', ...more },
});

interface PodParts {
  readonly metadata?: Json;
  readonly spec?: Json;
  readonly status?: Json;
}

/** A pod as a cluster gives it: scheduled, running and ready. */
export const podJson = ({ metadata, spec, status }: PodParts = {}): Json => ({
  ...{ apiVersion: 'v1', kind: 'Pod' },
  metadata: {
    ...{ name: 'search-http-7d4-x2x', namespace: 'team', uid: 'pod-1', resourceVersion: '7' },
    creationTimestamp: createdAt,
    labels: {
      'serve-bento.dev/bento': 'search',
      'serve-bento.dev/component': 'http',
      'serve-bento.dev/owner': 'me',
    },
    ...metadata,
  },
  spec: {
    ...{ nodeName: 'node-1', restartPolicy: 'Always' },
    containers: [{ name: 'bento', image: 'registry.example.com/search@sha256:aa' }],
    ...spec,
  },
  status: {
    ...{ phase: 'Running', podIP: '10.0.0.5', qosClass: 'Burstable' },
    conditions: [
      condition('PodScheduled', 'True'),
      condition('Initialized', 'True'),
      condition('ContainersReady', 'True'),
      condition('Ready', 'True'),
    ],
    containerStatuses: [container()],
    ...status,
  },
});

/** As the kubelet reports a pod with a container that is not ready. */
export const notReady = (since = createdAt): readonly Json[] => [
  ...['PodScheduled', 'Initialized'].map((type) => condition(type, 'True')),
  ...['ContainersReady', 'Ready'].map((type) =>
    condition(type, 'False', {
      ...{ reason: 'ContainersNotReady', lastTransitionTime: since },
      message: 'containers with unready status: [bento]',
    }),
  ),
];

/** A pod whose container has this status. */
export const podWith = (status: Json, phase = 'Pending', since = createdAt): Json =>
  podJson({ status: { phase, conditions: notReady(since), containerStatuses: [status] } });

/** A pod that no node has taken. */
export const unscheduled = (message: string): Json =>
  podJson({
    spec: { nodeName: undefined },
    status: {
      ...{ phase: 'Pending', containerStatuses: undefined, podIP: undefined },
      conditions: [condition('PodScheduled', 'False', { reason: 'Unschedulable', message })],
    },
  });

/** A Deployment whose pods are all there. */
export const deploymentJson = (parts: PodParts = {}): Json => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
  metadata: {
    ...{ name: 'search-http', namespace: 'team', uid: 'deployment-1', generation: 1 },
    creationTimestamp: createdAt,
    labels: { 'serve-bento.dev/component': 'http', 'serve-bento.dev/owner': 'me' },
    annotations: {
      'serve-bento.dev/component-id': 'http',
      'serve-bento.dev/stop-grace-seconds': '7',
    },
    ...parts.metadata,
  },
  spec: { replicas: 1, ...parts.spec },
  status: {
    ...{ observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1 },
    conditions: [condition('Available', 'True'), condition('Progressing', 'True')],
    ...parts.status,
  },
});
