import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toContainerPlan } from '../../src/core/target/containers/to-container-plan';
import { classRequest } from '../support/container-plans';
import { codeBlocks, read } from '../support/pages';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { exportKubernetes, exportPlan, imageNamed } from './support/exported';
import { testNamespaces, type KubernetesObject, type Namespace } from './support/namespace';

const harnesses = testHarness();
const namespace = testNamespaces();

const kinds = 'deployments,services,poddisruptionbudgets,networkpolicies';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'manifests-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The commands of the page about a bento, without `kubectl`, for files in a folder. */
const documented = (bento: string, of: string): readonly (readonly string[])[] =>
  codeBlocks(read('docs/kubernetes.md'), 'sh')
    .flatMap((block) => block.trim().split('\n'))
    .map((line) => line.replaceAll('NAME', bento).split(' ').slice(1))
    .map((words) =>
      words.map((word) => (word.startsWith('kubernetes/') ? path.join(of, word) : word)),
    );

const search = {
  environment: 'bentoml-1.4',
  bento: 'search',
  ...{ sample: 'samples/search', reference: 'service:Search', settings: {} },
  components: ['http', 'service-embedder', 'service-ranker'],
} as const;
const shout = {
  environment: 'bentoml-1.1',
  bento: 'shout',
  ...{ sample: 'samples/shout', reference: 'service:svc' },
  settings: { grpc: { enabled: true } },
  components: ['grpc', 'http', 'runner-count', 'runner-upper'],
} as const;

/** Exports a plan with three components, and returns the folder of its overlay. */
async function exportSearch(name = 'ready'): Promise<string> {
  const source = { kind: 'image', image: imageNamed(name) } as const;
  await exportPlan(toContainerPlan(classRequest({ source })), folder);
  return path.join(folder, 'kubernetes/search/overlays/default');
}

const versions = async (own: Namespace): Promise<ReadonlyMap<string, string>> =>
  new Map(
    (await own.objects(kinds)).map(({ kind, metadata: { name, resourceVersion } }) => [
      `${kind} ${name}`,
      resourceVersion,
    ]),
  );

const named = (objects: readonly KubernetesObject[], name: string): KubernetesObject => {
  const found = objects.find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`There is no object ${name}.`);
  return found;
};

describe.each([search, shout])('the manifests of $bento', (one) => {
  it('are applied, run and deleted as the page says, and applying them again changes nothing', async () => {
    const { environment, bento, sample, reference, settings, components } = one;
    const python = harnesses.pythons[environment];
    const harness = harnesses.set({ python, sample, reference, settings });
    await exportKubernetes(harness);
    // The strictest rules for pods that Kubernetes has.
    const own = await namespace({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const [apply = [], wait = [], diff = [], remove = [], ...others] = documented(
      bento,
      harness.folder,
    );
    expect(others).toEqual([]);
    await own.kubectl(...apply);
    await own.kubectl(...wait);

    const names = components.map((component) => `${bento}-${component}`);
    const pods = await own.objects('pods');
    expect(pods).toHaveLength(names.length);
    for (const pod of pods) expect(pod.spec?.['nodeName']).toMatch(/^(?:node-[123]|gpu-1)$/);
    await eachSelectsItsPods(own, names);

    expect(await own.kubectl(...diff)).toBe('');
    const before = await versions(own);
    expect(before.size).toBe(4 * names.length);
    await own.kubectl(...apply);
    expect(await versions(own)).toEqual(before);

    await own.kubectl(...remove);
    await until('no pods', async () => (await own.objects('pods')).length === 0);
    expect(await own.objects(`${kinds},replicasets`)).toEqual([]);
  });
});

/** Services, budgets and policies have selectors of their own: each must find the pod of its component. */
async function eachSelectsItsPods(own: Namespace, names: readonly string[]): Promise<void> {
  const selected = async (selector: unknown): Promise<readonly string[]> => {
    const labels = Object.entries(selector as object).map((pair) => pair.join('='));
    const found = await own.kubectl('get', 'pods', '-l', labels.join(), '--output', 'name');
    return found.split('\n').map((pod) => pod.replace(/^pod\/(.+)-[^-]+-[^-]+$/, '$1'));
  };
  const policies = await own.objects('networkpolicies');
  for (const name of names) {
    const { podSelector } = named(policies, name).spec ?? {};
    expect(await selected((podSelector as { matchLabels: object }).matchLabels)).toEqual([name]);
  }
  await until('a ready pod behind each Service', async () => {
    const slices = await own.objects('endpointslices');
    return names.every((name) =>
      slices.some(({ metadata: { labels }, ...slice }) => {
        const { endpoints } = slice as { endpoints?: { conditions: { ready: boolean } }[] };
        return (
          labels?.['kubernetes.io/service-name'] === name &&
          endpoints?.length === 1 &&
          endpoints[0]?.conditions.ready
        );
      }),
    );
  });
  await until('a budget that allows to evict each pod', async () => {
    const budgets = await own.objects('poddisruptionbudgets');
    return names.every((name) => {
      const { status } = named(budgets, name);
      return status?.['currentHealthy'] === 1 && status['disruptionsAllowed'] === 1;
    });
  });
}

it('an overlay scales the components, and applying the base again keeps a number', async () => {
  const overlay = await exportSearch();
  const own = await namespace();
  const changes = codeBlocks(read('docs/kubernetes.md'), 'yaml').find((block) =>
    block.includes('components:'),
  );
  if (changes === undefined) throw new Error('The page has no overlay.');
  const base = 'resources: [../../base]\n';
  const file = path.join(overlay, 'kustomization.yaml');
  await writeFile(file, base + changes);
  const apply = ['apply', '--server-side', '-k', overlay];
  await own.kubectl(...apply);
  const replicas = async (name: string): Promise<unknown> =>
    named(await own.objects('deployments'), name).spec?.['replicas'];
  expect(await replicas('search-http')).toBe(3);
  await until('autoscalers that find their Deployments', async () => {
    const scalers = await own.objects('horizontalpodautoscalers');
    const able = scalers.filter(({ status }) => {
      const conditions = status?.['conditions'] as { type: string; status: string }[] | undefined;
      return conditions?.some(({ type, status: is }) => type === 'AbleToScale' && is === 'True');
    });
    return able.length === 3;
  });
  await writeFile(file, base);
  await own.kubectl('scale', 'deployment/search-service-ranker', '--replicas=2');
  await own.kubectl(...apply);
  expect(await replicas('search-service-ranker')).toBe(2);
});

it('an overlay scales by requests in progress, selects nodes, and has PodMonitors where the cluster knows them', async () => {
  const overlay = await exportSearch();
  const own = await namespace();
  const patches = codeBlocks(read('docs/kubernetes.md'), 'yaml').find((block) =>
    block.includes('nodeSelector'),
  );
  if (patches === undefined) throw new Error('The page has no patch.');
  const base = 'resources: [../../base]\n';
  const file = path.join(overlay, 'kustomization.yaml');
  const apply = ['apply', '--server-side', '-k', overlay];
  await writeFile(file, `${base}components: [../../autoscaling-requests]\n${unindented(patches)}`);
  await own.kubectl(...apply);
  const scalers = await own.objects('horizontalpodautoscalers');
  expect(scalers.map(({ spec }) => JSON.stringify(spec?.['metrics']))).toEqual(
    Array(3).fill(expect.stringContaining('"name":"bentoml_service_request_in_progress"')),
  );
  const { spec } = named(await own.objects('deployments'), 'search-service-ranker');
  const { nodeSelector } = (spec?.['template'] as { spec: { nodeSelector?: object } }).spec;
  expect(nodeSelector).toEqual({ 'nvidia.com/gpu.product': 'NVIDIA-L4' });

  await writeFile(file, `${base}components: [../../monitoring]\n`);
  expect(await own.refused(...apply)).toContain('no matches for kind "PodMonitor"');
});

/** The patch of the page is in a list. */
const unindented = (block: string): string => block.replaceAll(/^ {2}/gm, '');

it('a field that Kubernetes does not know is refused', async () => {
  const overlay = await exportSearch();
  const own = await namespace();
  const patch = `patches:
  - target: { kind: Deployment, name: search-http }
    patch: '[{ "op": "add", "path": "/spec/replica", "value": 3 }]'
`;
  const file = path.join(overlay, 'kustomization.yaml');
  await writeFile(file, `resources: [../../base]\n${patch}`);
  const apply = ['apply', '--server-side', '-k', overlay];
  expect(await own.refused(...apply)).toContain('.spec.replica: field not declared in schema');
});

it('a quota, missing GPUs and missing rights are what Kubernetes says', async () => {
  const overlay = await exportSearch();
  const own = await namespace();
  await own.kubectl('create', 'quota', 'small', '--hard=requests.cpu=1');
  const apply = ['apply', '--server-side', '-k', overlay];
  await own.kubectl(...apply);
  await until('a Deployment without pods', async () => {
    const deployments = await own.objects('deployments');
    return deployments.some(({ status }) => {
      const conditions = status?.['conditions'] as { type: string; message: string }[] | undefined;
      const failure = conditions?.find(({ type }) => type === 'ReplicaFailure');
      return failure?.message.includes('exceeded quota: small, requested: requests.cpu=2');
    });
  });
  await own.kubectl('delete', 'quota', 'small');
  const gpus = '{"nvidia.com/gpu":"3"}';
  const resources = `{"requests":${gpus},"limits":${gpus}}`;
  const patch = `{"spec":{"template":{"spec":{"containers":[{"name":"bento","resources":${resources}}]}}}}`;
  await own.kubectl('patch', 'deployment/search-http', '--patch', patch);
  await until('a pod that no node fits', async () => {
    const pods = await own.objects('pods');
    return pods.some(({ status }) =>
      JSON.stringify(status).includes('0/4 nodes are available: 4 Insufficient nvidia.com/gpu'),
    );
  });
  expect(await own.refused('--context', 'viewer', ...apply)).toContain(
    'User "viewer" cannot patch resource',
  );
});

it('a bento whose image is missing never becomes available', async () => {
  const overlay = await exportSearch('missing');
  const own = await namespace();
  await own.kubectl('apply', '--server-side', '-k', overlay);
  await until('three pods that wait for their image', async () => {
    const text = JSON.stringify(await own.objects('pods'));
    return text.split('ImagePullBackOff').length === 4;
  });
  const deployments = await own.objects('deployments');
  for (const { status } of deployments) expect(status?.['availableReplicas']).toBeUndefined();
});
