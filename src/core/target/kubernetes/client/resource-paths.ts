/** A kind of object in a namespace, by its place in the API. */
export interface ResourceKind {
  /** The path of its API: `api/v1`. */
  readonly api: string;
  readonly resource: string;
}

export const pods: ResourceKind = { api: 'api/v1', resource: 'pods' };
export const events: ResourceKind = { api: 'api/v1', resource: 'events' };
export const deployments: ResourceKind = { api: 'apis/apps/v1', resource: 'deployments' };

export interface AppliedKind extends ResourceKind {
  /** Its name in manifests. */
  readonly kind: string;
}

/** The kinds of what we apply, in the order in which it is deleted: first what starts pods. */
export const appliedKinds: readonly AppliedKind[] = [
  { ...deployments, kind: 'Deployment' },
  { api: 'apis/policy/v1', resource: 'poddisruptionbudgets', kind: 'PodDisruptionBudget' },
  { api: 'api/v1', resource: 'services', kind: 'Service' },
  { api: 'apis/networking.k8s.io/v1', resource: 'networkpolicies', kind: 'NetworkPolicy' },
  { api: 'api/v1', resource: 'secrets', kind: 'Secret' },
];

/** Builds the paths of requests that kubectl sends unchanged (`--raw`). */
export interface ResourcePaths {
  list(kind: ResourceKind, query: Readonly<Record<string, string>>): string;
  object(kind: ResourceKind, name: string): string;
}

/** @param prefix the path of the server's URL, which kubectl does not add to such requests */
export function resourcePaths(prefix: string, namespace: string): ResourcePaths {
  const list = ({ api, resource }: ResourceKind): string =>
    `${prefix}/${api}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
  return {
    list: (kind, query) => `${list(kind)}?${new URLSearchParams(query).toString()}`,
    object: (kind, name) => `${list(kind)}/${encodeURIComponent(name)}`,
  };
}

/** Returns a selector of all these labels. */
export const selectorOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');
