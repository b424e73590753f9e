import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { debuggedContainers } from '../../../../src/core/target/containers/debugged-containers';
import { containerPlanOf } from '../../../../src/core/target/containers/container-plan-of';
import { kustomize } from '../../../../src/core/target/kubernetes/kustomize';
import {
  manifestFile,
  manifests,
  type Manifest,
} from '../../../../src/core/target/kubernetes/manifests';
import {
  classRequest,
  development,
  image,
  legacyRequest,
  requests,
} from '../../../support/container-plans';
import { check } from '../../../support/properties';

const legacy = containerPlanOf(legacyRequest({ source: image }));

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
    const text = manifestFile(containerPlanOf(request));
    expect(manifestFile(containerPlanOf(request))).toBe(text);
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

  it('contain no secret, and name what the cluster needs', () => {
    const text = manifestFile(containerPlanOf(classRequest()));
    expect(text).not.toContain('secret:');
    expect(text).toContain(
      '# Needs the Secret search-secrets with the variables: DATABASE_URL, HF_TOKEN.',
    );
    expect(text).toContain('secretRef:\n                name: search-secrets');
  });

  it('are refused for a source that only this machine has', () => {
    const plan = containerPlanOf(classRequest({ source: development }));
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
          all = manifests(containerPlanOf({ ...request, source: image }));
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

describe('the Kustomize files', () => {
  const files = kustomize(legacy, 'production');

  it('are a base and a component that are replaced, and an overlay that is not', () => {
    expect(files.map(({ path, isForEdits }) => [path, isForEdits])).toEqual([
      ['kubernetes/shout/base/manifests.yaml', false],
      ['kubernetes/shout/base/kustomization.yaml', false],
      ['kubernetes/shout/autoscaling/manifests.yaml', false],
      ['kubernetes/shout/autoscaling/kustomization.yaml', false],
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
  const plan = containerPlanOf(classRequest());
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
