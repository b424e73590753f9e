import { componentLabel, ownerLabel } from '../../containers/labels';

/** The parts of a pod that are read. Clusters add fields, and versions leave some out: what is unknown is absent. */
export interface PodJson {
  readonly uid: string;
  readonly name: string;
  readonly owner: string;
  /** The label of its component. */
  readonly component: string;
  readonly createdAt: string;
  readonly deletedAt: string | undefined;
  readonly node: string | undefined;
  readonly phase: PodPhase;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly conditions: readonly PodCondition[];
  readonly initContainers: readonly ContainerStatus[];
  readonly containers: readonly ContainerStatus[];
}

const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const;
type PodPhase = (typeof phases)[number];

export interface PodCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  readonly message: string | undefined;
  readonly changedAt: string | undefined;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly ready: boolean;
  readonly started: boolean | undefined;
  readonly restartCount: number;
  readonly waiting: { readonly reason: string; readonly message: string } | undefined;
  readonly running: { readonly startedAt: string } | undefined;
  readonly ended: EndedContainer | undefined;
  /** The end of the container before the last restart. */
  readonly endedBefore: EndedContainer | undefined;
}

export interface EndedContainer {
  readonly exitCode: number;
  readonly reason: string | undefined;
  readonly message: string | undefined;
}

/** The container that serves. Clusters may add containers of their own. */
export const mainContainer = 'bento';

/**
 * Reads a pod of the cluster's API. It uses no schema, which would take many times as long: a busy cluster sends a
 * hundred pods a second.
 */
export function parsePod(json: unknown): PodJson | undefined {
  const { metadata, spec, status } = objectIn(json);
  const { uid, name, labels, creationTimestamp, deletionTimestamp } = objectIn(metadata);
  if (typeof uid !== 'string' || typeof name !== 'string') return undefined;
  const { [ownerLabel]: owner, [componentLabel]: component } = objectIn(labels);
  const own = objectIn(status);
  return {
    ...{ uid, name, owner: textIn(owner) ?? '', component: textIn(component) ?? '' },
    ...{ createdAt: textIn(creationTimestamp) ?? '', deletedAt: textIn(deletionTimestamp) },
    node: textIn(objectIn(spec)['nodeName']),
    // A pod that has not been scheduled yet may have no status.
    phase:
      own === emptyObject ? 'Pending' : (phases.find((one) => one === own['phase']) ?? 'Unknown'),
    ...{ reason: textIn(own['reason']), message: textIn(own['message']) },
    conditions: listIn(own['conditions']).flatMap(conditionIn),
    initContainers: listIn(own['initContainerStatuses']).flatMap(containerIn),
    containers: listIn(own['containerStatuses']).flatMap(containerIn),
  };
}

function conditionIn(json: unknown): PodCondition | [] {
  const { type, status, reason, message, lastTransitionTime } = objectIn(json);
  if (typeof type !== 'string' || typeof status !== 'string') return [];
  return {
    ...{ type, status, reason: textIn(reason), message: textIn(message) },
    changedAt: textIn(lastTransitionTime),
  };
}

function containerIn(json: unknown): ContainerStatus | [] {
  const { name, image, ready, started, restartCount, state, lastState } = objectIn(json);
  if (typeof name !== 'string') return [];
  const { waiting, running, terminated } = objectIn(state);
  return {
    ...{ name, image: textIn(image) ?? '?', ready: ready === true },
    started: typeof started === 'boolean' ? started : undefined,
    restartCount: integerIn(restartCount),
    waiting: isObject(waiting)
      ? { reason: textIn(waiting['reason']) ?? '', message: textIn(waiting['message']) ?? '' }
      : undefined,
    running: isObject(running) ? { startedAt: textIn(running['startedAt']) ?? '' } : undefined,
    ended: endedIn(terminated),
    endedBefore: endedIn(objectIn(lastState)['terminated']),
  };
}

function endedIn(json: unknown): EndedContainer | undefined {
  if (!isObject(json)) return undefined;
  const { exitCode, reason, message } = json;
  return { exitCode: integerIn(exitCode), reason: textIn(reason), message: textIn(message) };
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const emptyObject: Json = {};
const objectIn = (value: unknown): Json => (isObject(value) ? value : emptyObject);
const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;
const integerIn = (value: unknown): number => (Number.isSafeInteger(value) ? Number(value) : 0);
