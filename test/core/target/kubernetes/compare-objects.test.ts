import { expect, it } from 'vitest';
import { compareObjects } from '../../../../src/core/target/kubernetes/compare-objects';
import type { ClusterResources } from '../../../../src/core/target/kubernetes/cluster-resources';
import type { Secret } from '../../../../src/core/target/kubernetes/cluster-secrets';
import type { Manifest } from '../../../../src/core/target/kubernetes/manifests';
import type { Comparison } from '../../../../src/core/target/target';

const { signal } = new AbortController();

interface Variable {
  readonly name: string;
  readonly value: string;
}

const deployment = (name: string, env: readonly Variable[], annotations = {}): Manifest => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, labels: {} } },
  spec: {
    template: {
      metadata: { annotations, labels: {} },
      spec: { containers: [{ name: 'bento', env }] },
    },
  },
});

const secret = (token: string): Secret => ({
  ...({ apiVersion: 'v1', kind: 'Secret', type: 'Opaque' } as const),
  data: { TOKEN: token },
  metadata: { name: 'search-secrets', labels: {} },
});

/** Adds what a cluster adds. */
const live = (object: object, version = '7'): object => {
  const { metadata, spec, ...rest } = object as Partial<Manifest>;
  return {
    ...rest,
    metadata: { ...metadata, uid: 'u', resourceVersion: version, managedFields: [version] },
    ...(spec && { spec: { ...spec, clusterIP: version, clusterIPs: [version] } }),
    status: { replicas: version },
  };
};

interface Applied {
  readonly token: string;
  readonly manifests: readonly Manifest[];
  readonly replicas?: Readonly<Record<string, number>>;
}

function compare(running: readonly object[], next: Applied): Promise<Comparison> {
  const { manifests, token, replicas = {} } = next;
  return compareObjects({
    resources: { manifests, replicas } as unknown as ClusterResources,
    secretObjects: [secret(token)],
    changes: {
      live: () => Promise.resolve(running),
      dryRun: (objects) => Promise.resolve(objects.map((object) => live(object, '9'))),
    },
    signal,
  });
}

const level = (value: string): Variable => ({ name: 'LEVEL', value });
const versions = { 'serve-bento.dev/secrets': 'u/7' };

it('ignores what the cluster sets itself, and the order of objects', async () => {
  const http = deployment('http', [level('info')]);
  const running = [
    live(secret('a')),
    live(deployment('http', [level('info')], versions)),
    live(deployment('a', [], versions)),
  ];
  const same = await compare(running, { token: 'a', manifests: [deployment('a', []), http] });
  expect(same.planned).toBe(same.running);
});

it('does not show the value of a secret that kubectl has put into an annotation', async () => {
  const { metadata, ...rest } = secret('b2xk');
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"TOKEN":"b2xk"}' };
  const running = [live({ ...rest, metadata: { ...metadata, annotations } })];
  const { running: left } = await compare(running, { token: 'b2xk', manifests: [] });
  expect(left).toContain('search-secrets');
  expect(left).not.toContain('b2xk');
});

it('shows which secrets have changed, not their values, and that pods are replaced', async () => {
  const running = [live(secret('b2xk')), live(deployment('http', [], versions))];
  const { running: left, planned } = await compare(running, {
    token: 'bmV3',
    manifests: [deployment('http', [])],
  });
  expect(left).toContain('TOKEN: "***"');
  expect(planned).toContain('TOKEN: changed');
  expect(left).toContain('serve-bento.dev/secrets: u/7');
  expect(planned).toContain('serve-bento.dev/secrets: changed');
  expect(left + planned).not.toMatch(/b2xk|bmV3/);
});

it('shows values of settings only', async () => {
  const others = [level('info'), { name: 'PASSWORD', value: 'hunter2' }];
  const { running, planned } = await compare([live(deployment('http', others))], {
    token: 'a',
    manifests: [deployment('http', [level('debug')])],
  });
  expect(running).toMatch(/name: LEVEL\n\s+value: info/);
  expect(planned).toMatch(/name: LEVEL\n\s+value: debug/);
  expect(running).toMatch(/name: PASSWORD\n\s+value: "\*\*\*"/);
});

it('shows the requested numbers of pods', async () => {
  const { running, planned } = await compare([], {
    ...{ token: 'a', manifests: [deployment('http', [])], replicas: { http: 3 } },
  });
  expect(running).toBe('');
  expect(planned).toContain('replicas: 3');
});
