import * as z from 'zod';

import { componentLabel, ownerLabel } from '../../containers/labels';

/** Clusters add fields, and versions leave some out: what is unknown is absent. */
const ended = z.object({
  exitCode: z.number().int().catch(0),
  reason: z.string().optional().catch(undefined),
  message: z.string().optional().catch(undefined),
});

const containerStatus = z.object({
  name: z.string(),
  image: z.string().catch('?'),
  ready: z.boolean().catch(false),
  started: z.boolean().nullish().catch(undefined),
  restartCount: z.number().int().catch(0),
  state: z
    .object({
      waiting: z.object({ reason: z.string().catch(''), message: z.string().catch('') }).optional(),
      running: z.object({ startedAt: z.string().catch('') }).optional(),
      terminated: ended.optional(),
    })
    .catch({}),
  lastState: z.object({ terminated: ended.optional() }).catch({}),
});

const pod = z.object({
  metadata: z.object({
    uid: z.string(),
    name: z.string(),
    labels: z.record(z.string(), z.string()).catch({}),
    creationTimestamp: z.string().catch(''),
    deletionTimestamp: z.string().optional().catch(undefined),
  }),
  spec: z
    .object({
      nodeName: z.string().optional().catch(undefined),
      containers: z.array(z.object({ name: z.string(), image: z.string().catch('?') })).catch([]),
    })
    .catch({ containers: [] }),
  status: z
    .object({
      phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']).catch('Unknown'),
      reason: z.string().optional().catch(undefined),
      message: z.string().optional().catch(undefined),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().optional().catch(undefined),
            message: z.string().optional().catch(undefined),
            lastTransitionTime: z.string().nullish().catch(undefined),
          }),
        )
        .catch([]),
      initContainerStatuses: z.array(containerStatus).catch([]),
      containerStatuses: z.array(containerStatus).catch([]),
    })
    .catch({
      ...{ phase: 'Pending', conditions: [], initContainerStatuses: [], containerStatuses: [] },
    }),
});

export type PodJson = z.infer<typeof pod>;
export type ContainerStatus = z.infer<typeof containerStatus>;
export type EndedContainer = z.infer<typeof ended>;

/** Parses a pod of the cluster's API. */
export const parsePod = (json: unknown): PodJson | undefined => pod.safeParse(json).data;

/** The container that serves. Clusters may add containers of their own. */
export const mainContainer = 'bento';

export const ownerOf = ({ metadata }: PodJson): string => metadata.labels[ownerLabel] ?? '';
export const componentOf = ({ metadata }: PodJson): string => metadata.labels[componentLabel] ?? '';
