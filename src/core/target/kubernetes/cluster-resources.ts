import { createHash } from 'node:crypto';
import path from 'node:path';
import type { ContainerPlan, Workload } from '../containers/container-plan';
import { readySeconds } from '../containers/debugged-containers';
import { ownerLabel } from '../containers/labels';
import type { Owner } from '../containers/owner';
import { publishedAddress } from '../containers/published-address';
import {
  addressAnnotation,
  componentIdAnnotation,
  debugAnnotation,
  graceAnnotation,
} from './annotations';
import {
  debugSecretName,
  manifests,
  secretName,
  secretNames,
  tlsSecretName,
  type Manifest,
} from './manifests';

/** The port at which every pod serves. */
export const podPort = 3000;

/** The bento and the user whose objects in a cluster belong together. */
export interface ClusterOwner extends Owner {
  /** The name by which the cluster knows the user. */
  readonly user: string;
}

/** The objects of a bento in a cluster, and the labels that identify them. */
export interface ClusterResources {
  readonly labels: Readonly<Record<string, string>>;
  readonly manifests: readonly Manifest[];
  /** The Secret with variables. Absent if there are none. */
  readonly variables?: {
    readonly name: string;
    readonly names: readonly string[];
  };
  /** The Secret with TLS files: absolute paths, by their names. Absent if there are none. */
  readonly tls?: { readonly name: string; readonly files: Readonly<Record<string, string>> };
  /** The Secret with what debugged workers need, and the file that it contains. Absent if nothing is debugged. */
  readonly debug?: { readonly name: string; readonly file: string };
  /** The ids of the components, by their labels. */
  readonly components: Readonly<Record<string, string>>;
  /** The requested numbers of pods, by the names of Deployments. Without a number, the cluster keeps the present one. */
  readonly replicas: Readonly<Record<string, number>>;
  readonly startSeconds: number;
  readonly stopGraceSeconds: number;
}

/**
 * Returns the labels of a bento's objects. The path of its folder is not a part of them, so that the user finds them
 * from other machines too; two folders with the same name cannot have the same bento in one namespace anyway.
 */
export function clusterLabels({
  user,
  folder,
  bento,
}: ClusterOwner): Readonly<Record<string, string>> {
  const text = [user, path.basename(folder), bento].join('\0');
  return { [ownerLabel]: createHash('sha256').update(text).digest('hex').slice(0, 16) };
}

/** @throws ServeError `settings` if manifests cannot contain a value, or the bento has no image */
export function clusterResources(plan: ContainerPlan, owner: ClusterOwner): ClusterResources {
  const labels = clusterLabels(owner);
  const { tlsFiles, workloads, stopGraceSeconds } = plan;
  const debug = workloads.find((workload) => workload.debug !== undefined)?.debug;
  const byName = new Map(workloads.map((workload) => [workload.name, workload]));
  return {
    labels,
    manifests: manifests(plan).map((one) => {
      const workload = byName.get(one.metadata.name);
      return one.kind === 'Deployment' && workload !== undefined
        ? ownedDeployment(one, labels, workload, stopGraceSeconds)
        : owned(one, labels);
    }),
    ...(secretNames(plan).length === 0
      ? {}
      : { variables: { name: secretName(plan), names: secretNames(plan) } }),
    ...(Object.keys(tlsFiles).length === 0
      ? {}
      : { tls: { name: tlsSecretName(plan), files: tlsFiles } }),
    ...(debug === undefined
      ? {}
      : { debug: { name: debugSecretName(plan, debug), file: debug.archive } }),
    components: Object.fromEntries(workloads.map(({ label, component }) => [label, component])),
    replicas: Object.fromEntries(
      workloads.flatMap(({ name, replicas }) => (replicas === undefined ? [] : [[name, replicas]])),
    ),
    startSeconds: readySeconds(plan),
    stopGraceSeconds,
  };
}

const owned = (manifest: Manifest, labels: Readonly<Record<string, string>>): Manifest => ({
  ...manifest,
  metadata: { ...manifest.metadata, labels: { ...manifest.metadata.labels, ...labels } },
});

function ownedDeployment(
  manifest: Manifest,
  labels: Readonly<Record<string, string>>,
  workload: Workload,
  stopGraceSeconds: number,
): Manifest {
  const address = publishedAddress(workload);
  const annotations = {
    [componentIdAnnotation]: workload.component,
    [graceAnnotation]: String(stopGraceSeconds),
    ...(address === undefined ? {} : { [addressAnnotation]: address }),
    ...(workload.debug === undefined ? {} : { [debugAnnotation]: 'true' }),
  };
  // Another field manager, such as an autoscaler, may own the number of pods: it is set separately.
  const { replicas: _, ...spec } = manifest.spec;
  const one = owned({ ...manifest, spec }, labels);
  return withPodMetadata({ ...one, metadata: { ...one.metadata, annotations } }, { labels });
}

/** Adds labels and annotations to the pods of a Deployment. */
export function withPodMetadata(
  deployment: Manifest,
  added: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  },
): Manifest {
  const template = deployment.spec['template'] as { readonly metadata: Manifest['metadata'] };
  const { labels, annotations } = template.metadata;
  const metadata = {
    ...template.metadata,
    labels: { ...labels, ...added.labels },
    annotations: { ...annotations, ...added.annotations },
  };
  return { ...deployment, spec: { ...deployment.spec, template: { ...template, metadata } } };
}
