import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { toContainerPlan } from '../../src/core/target/containers/to-container-plan';
import { cpuAutoscalers, requestAutoscalers } from '../../src/core/target/kubernetes/autoscaling';
import { manifests, type Manifest } from '../../src/core/target/kubernetes/manifests';
import { monitoring } from '../../src/core/target/kubernetes/monitoring';
import { classRequest, image, legacyRequest, requests } from '../support/container-plans';
import { testHarness } from '../support/test-harness';

const versions = ['1.32', '1.35', '1.37'];
const script = `import json, sys
from kubernetes_validate import ValidationError, validate
manifests, versions = json.load(sys.stdin)
for version in versions:
    for manifest in manifests:
        try:
            validate(manifest, version, strict=True)
        except ValidationError as error:
            print(version, manifest["kind"], list(error.path), error.message.splitlines()[0])
`;

const harnesses = testHarness();
let python: string;

beforeAll(async () => {
  ({ engines: python } = await ensureEnvironments(['engines']));
}, 600_000);

/** What the strict schemas of the versions reject: unknown fields, too. */
const rejected = (all: readonly unknown[]): string =>
  execFileSync(python, ['-c', script], {
    input: JSON.stringify([all, versions]),
    encoding: 'utf8',
  });

const sampled = (): readonly Manifest[] =>
  fc.sample(requests, { numRuns: 6, seed: 1 }).flatMap((request) => {
    try {
      return manifests(toContainerPlan({ ...request, source: image }));
    } catch {
      // A zero byte can be in no variable.
      return [];
    }
  });

it('the manifests of any plan are valid in three versions of Kubernetes', async () => {
  const { registry } = harnesses.set({
    ...{ python: harnesses.pythons['bentoml-1.4'], sample: 'samples/search' },
    ...{ reference: 'service:Search', settings: { env: { TOKEN: '${secret:token}' } } },
  });
  const choice = { reference: image.image, isDevelopment: false };
  const real = await registry.containerPlan(registry.bentos[0]?.id ?? '', choice);
  const plans = [
    real,
    toContainerPlan(classRequest()),
    toContainerPlan(legacyRequest({ source: image })),
  ];
  const all = [
    ...plans.flatMap((plan) => [
      ...[manifests, cpuAutoscalers, requestAutoscalers].flatMap((objectsOf) => objectsOf(plan)),
      // These schemas know no kinds of other projects.
      ...monitoring(plan).filter(({ kind }) => kind !== 'PodMonitor'),
    ]),
    ...sampled(),
  ];
  expect(all.length).toBeGreaterThan(50);
  expect(rejected(all)).toBe('');
});

it('a wrong type and an unknown field are rejected in each version', () => {
  const [deployment] = manifests(toContainerPlan(classRequest()));
  const wrong = { ...deployment, spec: { ...deployment?.spec, replicas: 'three' } };
  const unknown = { ...deployment, spec: { ...deployment?.spec, replica: 3 } };
  const lines = rejected([wrong, unknown]).trim().split('\n');
  expect(lines).toHaveLength(2 * versions.length);
  expect(lines[0]).toMatch(/^1\.32 Deployment \['spec', 'replicas'\]/);
});
