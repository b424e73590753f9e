import { say, type Argument } from '../../messages/message';
import type { AppliedComponent, AppliedWorker } from '../target';
import { worstState, type WorkloadState } from '../workload-state';
import type { ClusterDeployment } from './client/cluster-deployment';
import type { ClusterPod } from './client/cluster-pod';
import { nodeLost } from './client/pod-state';

export interface ComponentFacts {
  readonly id: string;
  /** Absent if it has been deleted, or not been applied yet. */
  readonly deployment: ClusterDeployment | undefined;
  readonly pods: readonly (readonly [number: number, pod: ClusterPod])[];
  readonly reasonOf: (pod: ClusterPod) => Argument | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The time that pods may need to be deleted after the end of their grace period. */
const deletionMs = 30_000;

/** Whether a pod should be gone by now. It is not if its node does not answer. */
export const isLate = ({ deleteBy }: ClusterPod, now: number): boolean =>
  deleteBy !== undefined && now - deleteBy > deletionMs;

/** Returns a component with its pods as workers. */
export function componentOf(facts: ComponentFacts): AppliedComponent {
  const { id, deployment, pods, reasonOf, now } = facts;
  const workers = pods.map(([number, pod]): AppliedWorker => {
    const reason = isLate(pod, now) ? nodeLost(pod.node) : reasonOf(pod);
    return {
      ...{ name: pod.name, component: id, number, state: pod.state, restarts: pod.restarts },
      ...(reason === undefined ? {} : { reason }),
      ...(pod.hasPreviousLog ? { hasPreviousLog: true } : {}),
      ...(pod.node === undefined ? {} : { node: pod.node }),
      ...(pod.startedAt === undefined ? {} : { startedAt: pod.startedAt }),
    };
  });
  return {
    ...{ id, ...stateOf(deployment, workers), workers },
    ...(deployment === undefined ? {} : { replicas: deployment.replicas }),
    ...(deployment?.isDebugged === true ? { isDebugged: true } : {}),
  };
}

function stateOf(
  deployment: ClusterDeployment | undefined,
  workers: readonly AppliedWorker[],
): WorkloadState {
  const isStopping = ({ state }: AppliedWorker): boolean => state === 'stopping';
  if (deployment === undefined) {
    return workers.some(isStopping) ? { state: 'stopping' } : { state: 'stopped' };
  }
  const { replicas, rejection } = deployment;
  if (replicas === 0) return workers.length > 0 ? { state: 'stopping' } : { state: 'stopped' };
  // Pods that have ended stay listed for a while, although others have taken their place.
  const hasEnded = ({ state }: AppliedWorker): boolean => state === 'failed' || state === 'stopped';
  const living = workers.filter((one) => !isStopping(one) && !hasEnded(one));
  if (living.length >= replicas) return worstState(living);
  if (rejection !== undefined) return { state: 'unhealthy', reason: rejection };
  const ended = workers.filter(hasEnded);
  const missing = { state: 'starting', reason: say('noPod') } as const;
  return worstState([...living, ...(ended.length > 0 ? ended : [missing])]);
}
