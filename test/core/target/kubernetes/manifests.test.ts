import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { clusterDeployment } from '../../../../src/core/target/kubernetes/client/cluster-deployment';
import { clusterResources } from '../../../../src/core/target/kubernetes/cluster-resources';
import { componentOf } from '../../../../src/core/target/kubernetes/component-of';
import { debuggedContainers } from '../../../../src/core/target/containers/debugged-containers';
import { toContainerPlan } from '../../../../src/core/target/containers/to-container-plan';
import {
  cpuAutoscalers,
  requestAutoscalers,
} from '../../../../src/core/target/kubernetes/autoscaling';
import { kustomize } from '../../../../src/core/target/kubernetes/kustomize';
import {
  manifestFile,
  manifests,
  type Manifest,
} from '../../../../src/core/target/kubernetes/manifests';
import { monitoring } from '../../../../src/core/target/kubernetes/monitoring';
import {
  classRequest,
  development,
  image,
  legacyRequest,
  requests,
  settingsWith,
} from '../../../support/container-plans';
import { planned, planOf } from '../../../support/plans';
import { check } from '../../../support/properties';

const legacy = toContainerPlan(legacyRequest({ source: image }));

interface PodSpec {
  readonly securityContext: object;
  readonly topologySpreadConstraints: readonly object[];
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly [
    {
      readonly resources: unknown;
      readonly securityContext: object;
      readonly lifecycle: object;
      readonly startupProbe: object;
      readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
    },
  ];
}

const podOf = (all: readonly Manifest[], name: string): PodSpec =>
  (named(all, 'Deployment', name).spec['template'] as { readonly spec: PodSpec }).spec;

const annotationsOf = (all: readonly Manifest[], name: string): unknown =>
  (named(all, 'Deployment', name).spec['template'] as Pick<Manifest, 'metadata'>).metadata
    .annotations;

const named = (all: readonly Manifest[], kind: string, name: string): Manifest => {
  const found = all.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`No ${kind} ${name}`);
  return found;
};

describe('the manifests', () => {
  it.each([
    ['class services', 'search', classRequest()],
    ['runners, HTTP with TLS and gRPC', 'shout', legacyRequest({ source: image })],
  ])('of %s are the same each time', async (_name, golden, request) => {
    const text = manifestFile(toContainerPlan(request));
    expect(manifestFile(toContainerPlan(request))).toBe(text);
    await expect(text).toMatchFileSnapshot(`golden/${golden}.yaml`);
  });

  it('let only callers reach a runner, and everybody a server', () => {
    const all = manifests(legacy);
    const callers = ['http', 'grpc'].map((component) => ({
      podSelector: {
        matchLabels: {
          'serve-bento.dev/bento': 'shout',
          'serve-bento.dev/component': component,
        },
      },
    }));
    expect(named(all, 'NetworkPolicy', 'shout-runner-upper').spec['ingress']).toEqual([
      { from: callers, ports: [{ protocol: 'TCP', port: 3000 }] },
    ]);
    const [open] = named(all, 'NetworkPolicy', 'shout-http').spec['ingress'] as [object];
    expect(open).not.toHaveProperty('from');
  });

  it('make the Service of gRPC headless, and leave the number of replicas to others', () => {
    const all = manifests(legacy);
    expect(named(all, 'Service', 'shout-grpc').spec['clusterIP']).toBe('None');
    expect(named(all, 'Service', 'shout-http').spec).not.toHaveProperty('clusterIP');
    for (const { kind, spec } of all) {
      if (kind === 'Deployment') expect(spec).not.toHaveProperty('replicas');
    }
  });

  it('have the numbers of pods of the settings', () => {
    const settings = settingsWith({ runners: { Ranker: { replicas: 3 } } });
    const numbers = manifests(toContainerPlan(classRequest({ settings })))
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ metadata, spec }) => [metadata.name, spec['replicas']]);
    expect(numbers).toEqual([
      ['search-service-embedder', undefined],
      ['search-service-ranker', 3],
      ['search-http', undefined],
    ]);
  });

  it('request the resources of the code, with a CPU limit only where BentoML counts CPUs', () => {
    const all = manifests(toContainerPlan(classRequest()));
    const resources = (name: string): unknown => podOf(all, name).containers[0].resources;
    expect(resources('search-service-embedder')).toEqual({
      requests: { cpu: '2', memory: '4Gi', 'nvidia.com/gpu': '1' },
      limits: { memory: '4Gi', 'nvidia.com/gpu': '1' },
    });
    expect(resources('search-service-ranker')).toEqual({
      requests: { cpu: '1500m', memory: '1536Mi' },
      limits: { cpu: '1500m', memory: '1536Mi' },
    });
    expect(resources('search-http')).toEqual({ requests: { cpu: '500m' } });
    const counting = podOf(manifests(legacy), 'shout-http').containers[0].resources;
    expect(counting).toEqual({ requests: { cpu: '500m' }, limits: { cpu: '1' } });
  });

  it('request the GPUs of the vendor', () => {
    const resources = { gpu: 2, gpuType: 'amd-mi300x' };
    const plan = planOf([planned({ resources })]);
    const all = manifests(toContainerPlan(classRequest({ plan })));
    const gpus = { 'amd.com/gpu': '2' };
    expect(podOf(all, 'search-http').containers[0].resources).toEqual({
      ...{ requests: { cpu: '500m', ...gpus }, limits: gpus },
    });
  });

  it.each([
    ['class services', manifests(toContainerPlan(classRequest())), 3],
    ['runners', manifests(legacy), 3],
  ])('of %s have all that each component needs', (_name, all, components) => {
    const kinds = ['Deployment', 'Service', 'PodDisruptionBudget', 'NetworkPolicy'];
    expect(all.map(({ kind }) => kind)).toEqual(Array(components).fill(kinds).flat());
    for (const { kind, metadata } of all) {
      if (kind !== 'Deployment') continue;
      const pod = podOf(all, metadata.name);
      expect(pod.securityContext).toMatchObject({
        ...{ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(pod.containers[0].securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod.topologySpreadConstraints).toMatchObject([
        { topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
      ]);
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(5);
      expect(pod.containers[0].lifecycle).toHaveProperty('preStop');
      expect(pod.containers[0].startupProbe).toHaveProperty('failureThreshold');
      // A budget of one pod never keeps a node from being drained, however many pods there are.
      expect(named(all, 'PodDisruptionBudget', metadata.name).spec['maxUnavailable']).toBe(1);
    }
  });

  it('name the port and the path of the metrics that Prometheus can reach', () => {
    const all = manifests(legacy);
    expect(annotationsOf(all, 'shout-http')).toEqual({
      'prometheus.io/scrape': 'true',
      'prometheus.io/path': '/metrics',
      'prometheus.io/port': '3000',
      'prometheus.io/scheme': 'https',
    });
    expect(annotationsOf(all, 'shout-grpc')).toMatchObject({
      ...{ 'prometheus.io/path': '/', 'prometheus.io/port': '3001' },
      'prometheus.io/scheme': 'http',
    });
    expect(annotationsOf(all, 'shout-runner-upper')).toBeUndefined();
    const plan = planOf([planned()]);
    const without = manifests(toContainerPlan(classRequest({ plan })));
    expect(annotationsOf(without, 'search-http')).toBeUndefined();
  });

  it('contain no secret, and name what the cluster needs', () => {
    const text = manifestFile(toContainerPlan(classRequest()));
    expect(text).not.toContain('secret:');
    expect(text).toContain(
      '# Needs the Secret search-secrets with the variables: DATABASE_URL, HF_TOKEN.',
    );
    expect(text).toContain('secretRef:\n                name: search-secrets');
  });

  it('are refused for a source that only this machine has', () => {
    const plan = toContainerPlan(classRequest({ source: development }));
    expect(() => manifests(plan)).toThrow(
      'Search cannot be exported as Kubernetes manifests: other machines do not have the source',
    );
  });

  it('of any plan have names of Kubernetes, and each selects its own pods only', () => {
    let count = 0;
    check(
      fc.property(requests, (request) => {
        let all: readonly Manifest[];
        try {
          all = manifests(toContainerPlan({ ...request, source: image }));
        } catch (error) {
          // A zero byte can be in no variable.
          expect(error).toMatchObject({ code: 'settings' });
          return;
        }
        count++;
        const deployments = all.filter(({ kind }) => kind === 'Deployment');
        const labels = deployments.map(({ metadata }) => JSON.stringify(metadata.labels));
        expect(new Set(labels).size).toBe(request.plan.components.length);
        for (const { metadata } of all) {
          expect(metadata.name).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
          for (const value of Object.values(metadata.labels)) {
            expect(value).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
          }
        }
      }),
      60,
    );
    expect(count).toBeGreaterThan(10);
  });
});

describe('the components for overlays', () => {
  const metricsOf = (all: readonly Manifest[]): unknown => all.map(({ spec }) => spec['metrics']);

  it('scale by CPU, which every container requests', () => {
    const scaled = cpuAutoscalers(legacy);
    for (const { spec } of scaled) {
      const { name } = spec['scaleTargetRef'] as { name: string };
      const { resources } = podOf(manifests(legacy), name).containers[0];
      expect(resources).toMatchObject({ requests: { cpu: expect.any(String) as string } });
    }
    expect(scaled).toHaveLength(legacy.workloads.length);
  });

  it("scale by BentoML's own metric of requests in progress", () => {
    const metric = (name: string): unknown => [
      {
        type: 'Pods',
        pods: {
          metric: { name: `${name}_request_in_progress` },
          target: { type: 'AverageValue', averageValue: '10' },
        },
      },
    ];
    expect(metricsOf(requestAutoscalers(legacy))).toEqual(
      ['bentoml_runner', 'bentoml_api_server', 'bentoml_api_server'].map(metric),
    );
    const plan = toContainerPlan(classRequest());
    expect(metricsOf(requestAutoscalers(plan))).toEqual(
      Array(3).fill('bentoml_service').map(metric),
    );
  });

  it('scale from the number of pods in the settings, and take it over', () => {
    const plan = {
      ...legacy,
      workloads: legacy.workloads.map((one) =>
        one.kind === 'http' ? { ...one, replicas: 12 } : one,
      ),
    };
    const limits = requestAutoscalers(plan).map(({ spec }) => [
      ...[spec['minReplicas'], spec['maxReplicas']],
    ]);
    expect(limits).toEqual([
      [1, 10],
      [12, 12],
      [1, 10],
    ]);
    const patchesIn = (name: string): unknown => {
      const file = kustomize(plan).find(({ path }) => path.endsWith(`/${name}/kustomization.yaml`));
      return (parse(file?.text ?? '') as { patches?: unknown }).patches;
    };
    const patch = '[{ "op": "remove", "path": "/spec/replicas" }]';
    for (const name of ['autoscaling', 'autoscaling-requests']) {
      expect(patchesIn(name)).toEqual([
        { target: { kind: 'Deployment', name: 'shout-http' }, patch },
      ]);
    }
    expect(patchesIn('monitoring')).toBeUndefined();
  });

  it('have Prometheus scrape each component at its own port, path and scheme', () => {
    const all = monitoring(legacy);
    const endpoints = all.flatMap(({ kind, spec }) =>
      kind === 'PodMonitor' ? (spec['podMetricsEndpoints'] as object[]) : [],
    );
    expect(endpoints).toEqual([
      { port: 'main', path: '/metrics', scheme: 'http' },
      {
        ...{ port: 'main', path: '/metrics', scheme: 'https' },
        tlsConfig: { insecureSkipVerify: true },
      },
      { port: 'metrics', path: '/', scheme: 'http' },
    ]);
    for (const { kind, metadata, spec } of all) {
      if (kind !== 'PodMonitor') continue;
      const [{ port }] = spec['podMetricsEndpoints'] as [{ port: string }];
      const { ports } = podOf(manifests(legacy), metadata.name).containers[0];
      expect(ports.map(({ name }) => name)).toContain(port);
    }
  });

  it('admit only Prometheus to the ports with metrics', () => {
    const policy = named(monitoring(legacy), 'NetworkPolicy', 'shout-monitoring');
    const [rule, ...others] = policy.spec['ingress'] as [{ from: object[]; ports: object[] }];
    expect(others).toEqual([]);
    expect(rule.from).toEqual([
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
      },
    ]);
    expect(rule.ports).toEqual([
      { protocol: 'TCP', port: 3000 },
      { protocol: 'TCP', port: 3001 },
    ]);
  });

  it('are left out for a bento without metrics', () => {
    const plan = toContainerPlan(classRequest({ plan: planOf([planned()]) }));
    const paths = kustomize(plan).map(({ path }) => path);
    expect(paths.filter((one) => /monitoring|requests/.test(one))).toEqual([]);
  });
});

describe('the Kustomize files', () => {
  const files = kustomize(legacy, 'production');

  it('are a base and components that are replaced, and an overlay that is not', () => {
    expect(files.map(({ path, isForEdits }) => [path, isForEdits])).toEqual([
      ['kubernetes/shout/base/manifests.yaml', false],
      ['kubernetes/shout/base/kustomization.yaml', false],
      ['kubernetes/shout/autoscaling/manifests.yaml', false],
      ['kubernetes/shout/autoscaling/kustomization.yaml', false],
      ['kubernetes/shout/autoscaling-requests/manifests.yaml', false],
      ['kubernetes/shout/autoscaling-requests/kustomization.yaml', false],
      ['kubernetes/shout/monitoring/manifests.yaml', false],
      ['kubernetes/shout/monitoring/kustomization.yaml', false],
      ['kubernetes/shout/overlays/production/kustomization.yaml', true],
    ]);
  });

  it('name the commands that create the Secrets', () => {
    const [overlay = ''] = files.filter(({ isForEdits }) => isForEdits).map(({ text }) => text);
    expect(overlay).toContain(
      '# Before you apply: kubectl create secret generic shout-tls --from-file=http-tls.crt=FILE --from-file=http-tls.key=FILE',
    );
    expect(parse(overlay)).toMatchObject({ kind: 'Kustomization', resources: ['../../base'] });
  });

  it.each(['../../../etc', '/etc/x', 'a/b', '.', '..', '', 'CON', 'a\nb', '\0', 'x'.repeat(300)])(
    'of the profile %j stay in their folder',
    (profile) => {
      const path = kustomize(legacy, profile).at(-1)?.path;
      expect(path).toMatch(
        /^kubernetes\/shout\/overlays\/[a-z][a-z0-9-]{0,29}\/kustomization\.yaml$/,
      );
    },
  );
});

it('a component that is debugged has the debugger in a volume, and no check that ends a paused worker', () => {
  const plan = toContainerPlan(classRequest());
  const [first, ...others] = plan.workloads;
  const debugged = manifests(debuggedContainers(plan, [first?.component ?? ''], '/d/1a.zip'));
  for (const { name } of others) {
    const deployment = named(manifests(plan), 'Deployment', name);
    expect(named(debugged, 'Deployment', name)).toEqual(deployment);
  }
  const { template } = named(debugged, 'Deployment', first?.name ?? '').spec as {
    readonly template: {
      readonly spec: { readonly containers: object[]; readonly volumes: object };
    };
  };
  const [container] = template.spec.containers;
  expect(container).not.toHaveProperty('livenessProbe');
  expect(container).toMatchObject({
    args: ['python', '/run/serve-bento/debug.zip', ...(first?.command.slice(2) ?? [])],
    startupProbe: { failureThreshold: 43_200 },
    readinessProbe: { failureThreshold: 17_280 },
    volumeMounts: expect.arrayContaining([
      { name: 'debug', mountPath: '/run/serve-bento', readOnly: true },
    ]) as unknown,
  });
  expect(template.spec.volumes).toContainEqual({
    ...{ name: 'debug', secret: { secretName: `${plan.name}-debug-1a` } },
  });
});

it('annotations tell other windows which components are debugged', () => {
  const plan = toContainerPlan(classRequest());
  const [first] = plan.workloads;
  const component = first?.component ?? '';
  const debugged = debuggedContainers(plan, [component], '/d/1a.zip');
  const owner = { user: 'me', folder: '/work', bento: 'search' };
  const components = clusterResources(debugged, owner)
    .manifests.filter(({ kind }) => kind === 'Deployment')
    .map((one) => clusterDeployment({ ...one, metadata: { ...one.metadata, uid: 'u' } }))
    .filter((one) => one !== undefined)
    .map((deployment) =>
      componentOf({
        ...{ id: deployment.componentId, deployment, pods: [], now: 0 },
        reasonOf: () => undefined,
      }),
    );
  expect(components).toHaveLength(plan.workloads.length);
  expect(components.filter(({ isDebugged }) => isDebugged).map(({ id }) => id)).toEqual([
    component,
  ]);
});
