import fc from 'fast-check';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { containerPlanOf } from '../../../../src/core/target/containers/container-plan-of';
import { kustomize } from '../../../../src/core/target/kubernetes/kustomize';
import { manifestFile, manifests, type Manifest } from '../../../../src/core/target/kubernetes/manifests';
import { classRequest, image, legacyRequest, requests } from '../../../support/container-plans';
import { check } from '../../../support/properties';

const models: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  Deployment,
  HorizontalPodAutoscaler,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
};

/** @throws Error when Kubernetes' own schema does not allow it */
function validate(manifest: Manifest): void {
  const Model = models[manifest.kind];
  if (Model === undefined) throw new Error(`No schema for ${manifest.kind}`);
  new Model(manifest as never).validate();
}

const legacy = containerPlanOf(legacyRequest({ source: image }));
const scaled = { scaleTo: new Map([['http', 5]]) };

const named = (all: readonly Manifest[], kind: string, name: string): Manifest => {
  const found = all.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`No ${kind} ${name}`);
  return found;
};

describe('the manifests', () => {
  it.each([
    ['class services', 'search', containerPlanOf(classRequest()), {}],
    ['runners, HTTP with TLS and gRPC', 'shout', legacy, scaled],
  ])('of %s are valid, and the same each time', async (_name, golden, plan, options) => {
    for (const manifest of manifests(plan, options)) validate(manifest);
    await expect(manifestFile(plan, options)).toMatchFileSnapshot(`golden/${golden}.yaml`);
  });

  it('have schemas that reject a wrong type', () => {
    const [first] = manifests(legacy);
    const wrong = { ...first, spec: { ...first?.spec, replicas: 'three' } } as unknown as Manifest;
    expect(() => validate(wrong)).toThrow('replicas');
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

  it('make the Service of gRPC headless, and leave replicas to an autoscaler', () => {
    const all = manifests(legacy, scaled);
    expect(named(all, 'Service', 'shout-grpc').spec['clusterIP']).toBe('None');
    expect(named(all, 'Service', 'shout-http').spec).not.toHaveProperty('clusterIP');
    expect(named(all, 'Deployment', 'shout-http').spec).not.toHaveProperty('replicas');
    expect(named(all, 'Deployment', 'shout-runner-upper').spec['replicas']).toBe(3);
  });

  it('are valid for any plan', () => {
    let count = 0;
    check(
      fc.property(requests, (request) => {
        let all: readonly Manifest[];
        try {
          all = manifests(containerPlanOf(request));
        } catch (error) {
          expect(error).toMatchObject({ code: 'settings' });
          return;
        }
        count++;
        for (const manifest of all) {
          validate(manifest);
          expect(manifest.metadata.name).toMatch(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/);
        }
      }),
      100,
    );
    expect(count).toBeGreaterThan(10);
  });
});

it('the Kustomize overlay is for edits, and the base is replaced', () => {
  const files = kustomize(legacy, 'production');
  expect(files.map(({ path, isForEdits }) => [path, isForEdits])).toEqual([
    ['kubernetes/base/shout.yaml', false],
    ['kubernetes/base/kustomization.yaml', false],
    ['kubernetes/overlays/production/kustomization.yaml', true],
  ]);
});
