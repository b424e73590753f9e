import { problemTexts, say } from '../../../messages/message';
import { ServeError } from '../../../problem';
import type { Kubectl } from './kubectl';

/** A rule of a Role: what a user must be allowed to do in the namespace. */
export interface AccessRule {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly verbs: readonly string[];
}

const applied = ['create', 'delete', 'get', 'list', 'patch'] as const;

/** The access that serving, watching and stopping a bento needs. `docs/kubernetes.md` shows it as a Role. */
export const requiredAccess: readonly AccessRule[] = [
  { group: 'apps', resource: 'deployments', verbs: [...applied, 'watch'] },
  { group: '', resource: 'services', verbs: applied },
  { group: '', resource: 'secrets', verbs: applied },
  { group: 'policy', resource: 'poddisruptionbudgets', verbs: applied },
  { group: 'networking.k8s.io', resource: 'networkpolicies', verbs: applied },
  { group: '', resource: 'pods', verbs: ['get', 'list', 'watch'] },
  { group: '', resource: 'pods', subresource: 'log', verbs: ['get'] },
  { group: '', resource: 'pods', subresource: 'portforward', verbs: ['create', 'get'] },
];

/** The access that single actions need. Without it, only they fail. */
export const optionalAccess: readonly AccessRule[] = [
  // For the answers of failing probes.
  { group: '', resource: 'events', verbs: ['list'] },
  { group: '', resource: 'pods', subresource: 'exec', verbs: ['create', 'get'] },
  { group: 'apps', resource: 'deployments', subresource: 'scale', verbs: ['patch'] },
  // Without it, a number of pods is set even if an autoscaler sets another one.
  { group: 'autoscaling', resource: 'horizontalpodautoscalers', verbs: ['list'] },
];

/**
 * Asks the cluster whether the user has the required access.
 * @throws ServeError `engine-denied` that names what is missing
 */
export async function assertAccess(kubectl: Kubectl, signal?: AbortSignal): Promise<void> {
  const { namespace } = kubectl.place;
  const wanted = requiredAccess.flatMap((rule) => rule.verbs.map((verb) => ({ ...rule, verb })));
  const items = wanted.map(({ verb, group, resource, subresource }) => ({
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: {
      resourceAttributes: {
        ...{ namespace, verb, group, resource },
        ...(subresource === undefined ? {} : { subresource }),
      },
    },
  }));
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const line = '{.status.allowed}{"\\n"}';
  const args = ['create', '--filename=-', '--validate=false', `--output=jsonpath=${line}`];
  const answers = (await kubectl.query(args, { signal, input })).split('\n');
  const missing = wanted.filter((_, at) => answers[at] !== 'true').map(nameOf);
  const [first] = missing;
  if (first === undefined) return;
  const facts = { access: shortList(missing), namespace };
  throw new ServeError({
    code: 'engine-denied',
    ...problemTexts(say('clusterAccessMissing', facts), say('clusterAccessMissingSummary', facts)),
    detail: missing.join('\n'),
  });
}

const nameOf = ({ verb, resource, subresource }: AccessRule & { readonly verb: string }): string =>
  `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;

const shortList = (names: readonly string[]): string =>
  names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')}, …`;
