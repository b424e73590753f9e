import { stringify } from 'yaml';
import * as z from 'zod';
import { mask } from '../containers/masked-variables';
import type { Comparison } from '../target';
import type { ClusterChanges } from './client/cluster-changes';
import type { ClusterResources } from './cluster-resources';
import { withSecretVersions, type Secret } from './cluster-secrets';

export interface CompareRequest {
  readonly resources: ClusterResources;
  readonly secretObjects: readonly Secret[];
  readonly changes: Pick<ClusterChanges, 'dryRun' | 'live'>;
  readonly signal: AbortSignal;
}

/** What the cluster sets, and where kubectl keeps a whole object that was applied without Serve Bento, also a Secret. */
const hiddenAnnotations: readonly string[] = [
  'deployment.kubernetes.io/revision',
  'kubectl.kubernetes.io/last-applied-configuration',
];

const texts = z.record(z.string(), z.string());

/** An object of the cluster. Its status and the fields that the cluster manages are ignored. */
const clusterObject = z.object({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({
    name: z.string(),
    uid: z.string().default(''),
    resourceVersion: z.string().default(''),
    labels: texts.default({}),
    annotations: texts.default({}),
  }),
  spec: z.record(z.string(), z.unknown()).default({}),
  data: texts.default({}),
});

type ClusterObject = z.infer<typeof clusterObject>;

/** Compares the objects of a bento in the cluster with those that the cluster would have after another apply. */
export async function compareObjects({
  resources,
  secretObjects,
  changes,
  signal,
}: CompareRequest): Promise<Comparison> {
  const running = parsed(await changes.live(signal));
  const find = (kind: string, name: string): ClusterObject | undefined =>
    running.find((one) => one.kind === kind && one.metadata.name === name);
  const versions = secretObjects.map((secret) =>
    versionOf(secret, find('Secret', secret.metadata.name)),
  );
  const manifests = withSecretVersions(resources.manifests, versions);
  const planned = parsed(await changes.dryRun(manifests, signal)).map((one) => ({
    ...one,
    spec: { ...one.spec, ...replicasOf(one, resources) },
  }));
  const secrets = secretObjects.map((secret) => {
    const before = find('Secret', secret.metadata.name)?.data ?? {};
    return { ...clusterObject.parse(secret), data: maskedData(secret.data, before) };
  });
  const shown = plainVariables(resources);
  return {
    running: yamlOf(
      running.map((one) => ({ ...one, data: maskedData(one.data) })),
      shown,
    ),
    planned: yamlOf([...planned, ...secrets], shown),
    notes: [],
  };
}

const parsed = (objects: readonly unknown[]): readonly ClusterObject[] =>
  objects.flatMap((object) => clusterObject.safeParse(object).data ?? []);

/** A change of a Secret replaces the pods that use it. */
const versionOf = ({ data }: Secret, live: ClusterObject | undefined): string =>
  live !== undefined && isSame(data, live.data)
    ? `${live.metadata.uid}/${live.metadata.resourceVersion}`
    : 'changed';

const isSame = (
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>,
): boolean => Object.keys({ ...one, ...other }).every((name) => one[name] === other[name]);

/** Masks the values. Those that differ from the values before look different. */
const maskedData = (
  data: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>> = data,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      value === before[name] || before[name] === undefined ? mask : 'changed',
    ]),
  );

/** The number that the settings request, which is set after the objects have been applied. */
function replicasOf(
  { kind, metadata }: ClusterObject,
  { replicas }: ClusterResources,
): { readonly replicas?: number } {
  const count = kind === 'Deployment' ? replicas[metadata.name] : undefined;
  return count === undefined ? {} : { replicas: count };
}

/** Returns the names of the variables whose values come from settings. Any other value may be a secret. */
function plainVariables({ manifests }: ClusterResources): ReadonlySet<string> {
  const names = new Set<string>();
  visitVariables(manifests, ({ name }) => {
    if (typeof name === 'string') names.add(name);
    return undefined;
  });
  return names;
}

function yamlOf(objects: readonly ClusterObject[], shown: ReadonlySet<string>): string {
  const key = ({ kind, metadata }: ClusterObject): string => `${kind}/${metadata.name}`;
  return [...objects]
    .sort((one, other) => (key(one) < key(other) ? -1 : 1))
    .map((one) => stringify(essential(one, shown), { lineWidth: 0, sortMapEntries: true }))
    .join('---\n');
}

/** Leaves out what the cluster sets itself, and masks the values of variables that are not from settings. */
function essential(
  { apiVersion, kind, metadata: { name, labels, annotations }, spec, data }: ClusterObject,
  shown: ReadonlySet<string>,
): unknown {
  const own = Object.fromEntries(
    Object.entries(annotations).filter(([name]) => !hiddenAnnotations.includes(name)),
  );
  const { clusterIPs: _, ...rest } = spec;
  if (rest['clusterIP'] !== 'None') delete rest['clusterIP'];
  const masked = visitVariables(rest, (variable) =>
    'value' in variable && !shown.has(String(variable.name))
      ? { ...variable, value: mask }
      : undefined,
  );
  return {
    ...{ apiVersion, kind },
    metadata: { name, labels, ...(Object.keys(own).length === 0 ? {} : { annotations: own }) },
    ...(Object.keys(rest).length === 0 ? {} : { spec: masked }),
    ...(Object.keys(data).length === 0 ? {} : { data }),
  };
}

interface Variable {
  readonly name?: unknown;
  readonly value?: unknown;
}

/** Copies a value, and replaces each variable of a container by what `replace` returns, unless that is undefined. */
function visitVariables(value: unknown, replace: (variable: Variable) => unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => visitVariables(one, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]): [string, unknown] => [
      name,
      name === 'env' && Array.isArray(inner)
        ? inner.map((one: Variable) => replace(one) ?? one)
        : visitVariables(inner, replace),
    ]),
  );
}
