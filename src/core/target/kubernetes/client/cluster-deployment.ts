import * as z from 'zod';
import { say, type Argument } from '../../../messages/message';
import { oneLine } from '../../../one-line';
import { componentLabel, ownerLabel } from '../../containers/labels';
import {
  addressAnnotation,
  componentIdAnnotation,
  debugAnnotation,
  graceAnnotation,
} from '../annotations';
import { lastCause } from '../../last-cause';

const deployment = z.object({
  metadata: z.object({
    uid: z.string(),
    name: z.string(),
    generation: z.number().catch(0),
    labels: z.record(z.string(), z.string()).catch({}),
    annotations: z.record(z.string(), z.string()).catch({}),
  }),
  spec: z.object({ replicas: z.number().catch(1) }),
  status: z
    .object({
      observedGeneration: z.number().catch(0),
      updatedReplicas: z.number().catch(0),
      replicas: z.number().catch(0),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            message: z.string().catch(''),
          }),
        )
        .catch([]),
    })
    .catch({ observedGeneration: 0, updatedReplicas: 0, replicas: 0, conditions: [] }),
});

/** The facts that are kept of a Deployment. */
export interface ClusterDeployment {
  readonly uid: string;
  readonly name: string;
  readonly owner: string;
  /** The label of its component. */
  readonly component: string;
  readonly componentId: string;
  /** The wanted number of pods. */
  readonly replicas: number;
  /** Increases with each change of what is wanted. */
  readonly generation: number;
  /** Whether the cluster has replaced all pods of an earlier version. */
  readonly isUpdated: boolean;
  /** The reason why the cluster creates no pod. */
  readonly rejection?: Argument;
  readonly stopGraceSeconds: number;
  /** Whether its pods are started with the debugger. */
  readonly isDebugged?: boolean;
  /** The wanted address on this machine: `http://127.0.0.1:3000`. */
  readonly address?: string;
}

/** Reads the facts of a Deployment. */
export function clusterDeployment(json: unknown): ClusterDeployment | undefined {
  const { data } = deployment.safeParse(json);
  if (data === undefined) return undefined;
  const { metadata, spec, status } = data;
  const { labels, annotations } = metadata;
  const component = labels[componentLabel] ?? '';
  const address = annotations[addressAnnotation];
  const failure = status.conditions.find((one) => one.type === 'ReplicaFailure');
  const grace = Number(annotations[graceAnnotation]);
  return {
    ...{ uid: metadata.uid, name: metadata.name, component, replicas: spec.replicas },
    generation: metadata.generation,
    owner: labels[ownerLabel] ?? '',
    componentId: annotations[componentIdAnnotation] ?? component,
    isUpdated:
      status.observedGeneration >= metadata.generation &&
      status.updatedReplicas >= spec.replicas &&
      status.replicas <= status.updatedReplicas,
    ...(failure?.status === 'True' ? { rejection: rejectionOf(failure.message) } : {}),
    stopGraceSeconds: Number.isFinite(grace) && grace > 0 ? grace : 30,
    ...(debugAnnotation in annotations ? { isDebugged: true } : {}),
    ...(address === undefined ? {} : { address }),
  };
}

/** Explains why pods are rejected: `pods "x" is forbidden: exceeded quota: q, requested: …, used: …, limited: …`. */
function rejectionOf(explanation: string): Argument {
  const quota = /exceeded quota: ([^,]+), (.*)$/.exec(explanation);
  if (quota !== null) {
    const [, name = '', amounts = ''] = quota;
    return say('podQuota', { quota: name, amounts: oneLine(amounts, 150) });
  }
  return say('podRejected', { reason: lastCause(explanation) });
}
