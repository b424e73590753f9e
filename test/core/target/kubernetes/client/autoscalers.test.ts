import { expect, it } from 'vitest';
import { autoscalersOf } from '../../../../../src/core/target/kubernetes/client/autoscalers';
import { ended, FakeKubectl } from '../../../../support/fake-kubectl';

const { signal } = new AbortController();

const autoscaler = (kind: string, name: string): object => ({
  metadata: { name: `${name}-scaler` },
  spec: { scaleTargetRef: { kind, name }, maxReplicas: 7 },
});

it('finds the autoscalers of Deployments', async () => {
  const fake = new FakeKubectl();
  const items = [autoscaler('Deployment', 'http'), autoscaler('StatefulSet', 'db')];
  fake.answer = () => ended(0, JSON.stringify({ items }));
  expect([...(await autoscalersOf(fake.kubectl(), signal))]).toEqual([
    ['http', { name: 'http-scaler', min: 1, max: 7 }],
  ]);
});

it('knows none without permission, and reports other failures', async () => {
  const fake = new FakeKubectl();
  fake.answer = () =>
    ended(
      1,
      '',
      'Error from server (Forbidden): horizontalpodautoscalers.autoscaling is forbidden: User "mia" cannot list resource "horizontalpodautoscalers" in API group "autoscaling" in the namespace "team"',
    );
  expect([...(await autoscalersOf(fake.kubectl(), signal))]).toEqual([]);
  fake.answer = () => ended(1, '', 'The connection to the server 10.0.0.1:6443 was refused');
  await expect(autoscalersOf(fake.kubectl(), signal)).rejects.toMatchObject({
    code: 'engine-unreachable',
  });
});
