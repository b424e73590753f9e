import type { RunResult } from '../../src/core/programs/run';
import { ended, FakeKubectl } from './fake-kubectl';
import { deploymentJson, podJson, type Json } from './pod-json';

interface Metadata {
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly generation?: number;
}

export interface StoredObject extends Json {
  readonly kind: string;
  readonly metadata: Metadata;
}

const resources: Readonly<Record<string, string>> = {
  ...{ deployments: 'Deployment', services: 'Service', secrets: 'Secret', pods: 'Pod' },
  ...{ poddisruptionbudgets: 'PodDisruptionBudget', networkpolicies: 'NetworkPolicy' },
};

/**
 * A cluster in memory behind a fake kubectl, for the order of events and for failures at a chosen moment. What a real
 * one answers is tested with one.
 */
export class FakeCluster {
  readonly kubectl = new FakeKubectl();
  readonly objects = new Map<string, StoredObject>();
  /** Makes a command fail. */
  failure: (args: readonly string[]) => RunResult | undefined = () => undefined;
  /** The pods of a new Deployment. */
  podsOf: (deployment: StoredObject) => readonly Json[] = (deployment) => [readyPod(deployment)];
  /** Access that the user does not have: `list secrets`. */
  denied = new Set<string>();
  #version = 100;

  constructor() {
    this.kubectl.answer = (args, input) => this.failure(args) ?? this.#answer(args, input);
  }

  names(kind: string): readonly string[] {
    return [...this.objects.values()]
      .filter((one) => one.kind === kind)
      .map(({ metadata }) => metadata.name)
      .sort();
  }

  get(kind: string, name: string): StoredObject {
    const found = this.objects.get(`${kind}/${name}`);
    if (found === undefined) throw new Error(`no ${kind} ${name}`);
    return found;
  }

  put(object: Json, type = 'MODIFIED'): void {
    const stored = object as StoredObject;
    const { kind, metadata } = stored;
    const version = String(++this.#version);
    const isNew = !this.objects.has(`${kind}/${metadata.name}`);
    const versioned = { ...stored, metadata: { ...metadata, resourceVersion: version } };
    this.objects.set(`${kind}/${metadata.name}`, versioned);
    this.#report(versioned, isNew ? 'ADDED' : type);
  }

  remove(kind: string, name: string): void {
    const object = this.objects.get(`${kind}/${name}`);
    if (object === undefined) return;
    this.objects.delete(`${kind}/${name}`);
    this.#report(object, 'DELETED');
  }

  #report(object: StoredObject, type: string): void {
    const resource = Object.keys(resources).find((one) => resources[one] === object.kind) ?? '';
    for (const call of this.kubectl.running(new RegExp(`/${resource}\\?.*watch=1`))) {
      call.write(`${JSON.stringify({ type, object })}\n`);
    }
  }

  #answer(args: readonly string[], input = ''): RunResult | undefined {
    const [command = '', second = ''] = args;
    switch (command) {
      case 'config':
        return ended(
          0,
          JSON.stringify({
            contexts: [{ name: 'dev', context: { cluster: 'c', user: 'u' } }],
            clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:6443' } }],
          }),
        );
      case 'auth':
        return ended(0, JSON.stringify({ status: { userInfo: { username: 'mia' } } }));
      case 'create':
        return ended(0, this.#reviews(input));
      case 'apply':
        return this.#apply(input, args);
      case 'get':
        return second.startsWith('--raw=') ? this.#raw(second.slice(6)) : this.#find(input);
      case 'delete':
        return this.#delete(second.slice(6), input);
      case 'port-forward':
        queueMicrotask(() =>
          this.kubectl
            .running(/port-forward/)
            .forEach((call) => call.write('Forwarding from 127.0.0.1:3000 -> 3000\n')),
        );
        return undefined;
      case 'logs':
        // Followed, a log goes on.
        return args.includes('--follow') ? undefined : ended(0, '');
      default:
        return ended(1, '', `error: unknown command ${args.join(' ')}`);
    }
  }

  #reviews(input: string): string {
    const { items } = JSON.parse(input) as {
      readonly items: readonly { spec: { resourceAttributes: Record<string, string> } }[];
    };
    return items
      .map(({ spec: { resourceAttributes: of } }) => {
        const resource = [of['resource'], of['subresource']].filter((one) => one !== undefined);
        return String(!this.denied.has(`${of['verb']} ${resource.join('/')}`));
      })
      .join('\n');
  }

  #apply(input: string, args: readonly string[]): RunResult {
    const { items } = JSON.parse(input) as { readonly items: readonly StoredObject[] };
    const lines = items.map((item) => {
      const { kind, metadata } = item;
      const before = this.objects.get(`${kind}/${metadata.name}`);
      const generation = (before?.metadata.generation ?? 0) + 1;
      const uid = before?.metadata.uid ?? `${kind}-${metadata.name}-${++this.#version}`;
      const own = { ...metadata, uid, generation };
      if (kind !== 'Deployment') this.put({ ...item, metadata: own });
      else {
        const stored = deploymentJson({
          metadata: own,
          status: { observedGeneration: generation },
        });
        this.put({ ...stored, spec: { ...(item['spec'] as Json), replicas: 1 } });
        if (before === undefined) {
          for (const pod of this.podsOf(this.get(kind, metadata.name))) this.put(pod);
        }
      }
      return kind === 'Deployment' ? `${metadata.name} ${generation}` : '';
    });
    const isOne = args.some((one) => one.includes('resourceVersion'));
    return ended(0, isOne ? `uid/${this.#version}` : lines.filter((one) => one !== '').join('\n'));
  }

  #raw(path: string): RunResult | undefined {
    const url = new URL(path, 'http://cluster');
    if (url.searchParams.has('watch')) return undefined;
    const resource = url.pathname.split('/').at(-1) ?? '';
    const [, owner] =
      /serve-bento\.dev\/owner=(\w+)/.exec(url.searchParams.get('labelSelector') ?? '') ?? [];
    const items = [...this.objects.values()].filter(
      ({ kind, metadata }) =>
        kind === resources[resource] && metadata.labels['serve-bento.dev/owner'] === owner,
    );
    return ended(0, JSON.stringify({ metadata: { resourceVersion: `${this.#version}` }, items }));
  }

  #find(input: string): RunResult {
    const { items } = JSON.parse(input) as { readonly items: readonly StoredObject[] };
    const found = items.flatMap(
      ({ kind, metadata }) => this.objects.get(`${kind}/${metadata.name}`) ?? [],
    );
    return ended(0, found.length === 0 ? '' : JSON.stringify({ kind: 'List', items: found }));
  }

  #delete(path: string, input: string): RunResult {
    const [resource = '', name = ''] = path.split('/').slice(-2);
    const kind = resources[resource] ?? '';
    const object = this.objects.get(`${kind}/${name}`);
    if (object === undefined) return ended(1, '', 'Error from server (NotFound): not found');
    const { preconditions } = JSON.parse(input) as { readonly preconditions: { uid: string } };
    if (preconditions.uid !== object.metadata.uid) {
      return ended(1, '', 'Error from server (Conflict): Precondition failed');
    }
    this.remove(kind, name);
    if (kind === 'Deployment') {
      for (const pod of this.names('Pod')) if (pod.startsWith(`${name}-`)) this.remove('Pod', pod);
    }
    return ended(0, '{}');
  }
}

/** A pod of a Deployment that is ready. */
export function readyPod(
  { metadata }: StoredObject,
  more: Parameters<typeof podJson>[0] = {},
): Json {
  const name = `${metadata.name}-x`;
  const labels = metadata.labels;
  return podJson({ ...more, metadata: { name, uid: name, labels, ...more.metadata } });
}
