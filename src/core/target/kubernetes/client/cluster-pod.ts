import type { WorkloadState } from '../../workload-state';
import { componentOf, mainContainer, ownerOf, parsePod, type PodJson } from './pod';
import { podState } from './pod-state';

/** The facts that are kept of a pod. */
export interface ClusterPod extends WorkloadState {
  readonly uid: string;
  readonly name: string;
  readonly owner: string;
  /** The label of its component. */
  readonly component: string;
  readonly node?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly startedAt?: number;
  /** When it must have been deleted; present while it is being deleted. */
  readonly deleteBy?: number;
  readonly restarts: number;
  /** Whether the cluster still has the log of the container before the last restart. */
  readonly hasPreviousLog: boolean;
  /** Present if its main container has ended by itself, and its log may have the cause. */
  readonly crash?: {
    /** Whether the log is that of the container before the present one. */
    readonly isPrevious: boolean;
  };
  /** Whether only the events of the cluster have the cause. */
  readonly needsEvents: boolean;
}

/** Reads the facts of a pod. */
export function clusterPod(json: unknown): ClusterPod | undefined {
  const pod = parsePod(json);
  if (pod === undefined) return undefined;
  const { metadata, spec, status } = pod;
  const state = podState(pod);
  const main = status.containerStatuses.find(({ name }) => name === mainContainer);
  const startedAt = Date.parse(main?.state.running?.startedAt ?? '');
  const deleteBy = Date.parse(metadata.deletionTimestamp ?? '');
  const crash = crashOf(pod, state);
  return {
    ...{ uid: metadata.uid, name: metadata.name, ...state },
    ...{ owner: ownerOf(pod), component: componentOf(pod) },
    ...(spec.nodeName === undefined ? {} : { node: spec.nodeName }),
    createdAt: Date.parse(metadata.creationTimestamp) || 0,
    ...(startedAt > 0 ? { startedAt } : {}),
    ...(deleteBy > 0 ? { deleteBy } : {}),
    restarts: Math.max(0, ...status.containerStatuses.map(({ restartCount }) => restartCount)),
    hasPreviousLog: (main?.restartCount ?? 0) > 0,
    ...(crash === undefined ? {} : { crash }),
    needsEvents: needsEvents(pod, state),
  };
}

function crashOf({ status }: PodJson, { state }: WorkloadState): ClusterPod['crash'] {
  const main = status.containerStatuses.find(({ name }) => name === mainContainer);
  if (main === undefined || state === 'ready' || state === 'stopping') return undefined;
  const ended = main.state.terminated ?? main.lastState.terminated;
  if (ended === undefined || ended.exitCode === 0 || ended.reason === 'OOMKilled') return undefined;
  return { isPrevious: main.state.terminated === undefined };
}

/** The status of a pod has neither the answers of its probes nor the reason why its volumes are missing. */
function needsEvents({ spec, status }: PodJson, { state, reason }: WorkloadState): boolean {
  if (spec.nodeName === undefined || (state !== 'starting' && state !== 'unhealthy')) return false;
  const isRunning = status.containerStatuses.some((one) => one.state.running !== undefined);
  return isRunning || reason === undefined;
}
