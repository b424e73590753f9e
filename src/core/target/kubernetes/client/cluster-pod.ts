import type { WorkloadState } from '../../workload-state';
import { mainContainer, parsePod, type ContainerStatus, type PodJson } from './pod';
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
  const { uid, name, owner, component, node, containers } = pod;
  const state = podState(pod);
  const main = mainOf(pod);
  const startedAt = Date.parse(main?.running?.startedAt ?? '');
  const deleteBy = Date.parse(pod.deletedAt ?? '');
  const crash = crashOf(pod, state);
  return {
    ...{ uid, name, ...state, owner, component },
    ...(node === undefined ? {} : { node }),
    createdAt: Date.parse(pod.createdAt) || 0,
    ...(startedAt > 0 ? { startedAt } : {}),
    ...(deleteBy > 0 ? { deleteBy } : {}),
    restarts: Math.max(0, ...containers.map(({ restartCount }) => restartCount)),
    hasPreviousLog: (main?.restartCount ?? 0) > 0,
    ...(crash === undefined ? {} : { crash }),
    needsEvents: needsEvents(pod, state),
  };
}

const mainOf = ({ containers }: PodJson): ContainerStatus | undefined =>
  containers.find(({ name }) => name === mainContainer);

function crashOf(pod: PodJson, { state }: WorkloadState): ClusterPod['crash'] {
  const main = mainOf(pod);
  if (main === undefined || state === 'ready' || state === 'stopping') return undefined;
  const ended = main.ended ?? main.endedBefore;
  if (ended === undefined || ended.exitCode === 0 || ended.reason === 'OOMKilled') return undefined;
  return { isPrevious: main.ended === undefined };
}

/** The status of a pod has neither the answers of its probes nor the reason why its volumes are missing. */
function needsEvents({ node, containers }: PodJson, { state, reason }: WorkloadState): boolean {
  if (node === undefined || (state !== 'starting' && state !== 'unhealthy')) return false;
  const isRunning = containers.some(({ running }) => running !== undefined);
  return isRunning || reason === undefined;
}
