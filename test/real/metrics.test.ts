import { describe, expect, it } from 'vitest';
import { postJson } from '../support/answers';
import { callShout } from '../support/call-grpc';
import { testHarness } from '../support/test-harness';

const harnesses = testHarness();
const metricsPort = 3861;
const grpcPort = 3862;

const search = {
  environment: 'bentoml-1.4',
  ...{ sample: 'samples/search', reference: 'service:Search', settings: {} },
  path: '/search',
  body: { query: 'rice', limit: 1 },
} as const;
const shout = {
  environment: 'bentoml-1.1',
  ...{ sample: 'samples/shout', reference: 'service:svc' },
  settings: { grpc: { enabled: true, port: grpcPort, metricsPort } },
  path: '/shout',
  body: { text: 'hello' },
} as const;

describe.each([search, shout])('the metrics of $sample', (one) => {
  it('are where the plan says, and have the metric that autoscalers use', async () => {
    const { environment, sample, reference, settings, path, body } = one;
    const python = harnesses.pythons[environment];
    const { registry } = harnesses.set({
      ...{ python, sample, reference },
      settings: { ...settings, internalTransport: 'tcp' },
    });
    const id = registry.bentos[0]?.id ?? '';
    const { components } = await registry.serve(id);
    const url = components.find(({ kind }) => kind === 'http')?.url ?? '';
    expect(await postJson(`${url}${path}`, body)).toMatchObject({ status: 200 });
    if (one === shout) await callShout(`127.0.0.1:${grpcPort}`, 'v1', 'hello');

    const image = { reference: `r.example.com/x@sha256:${'a'.repeat(64)}`, isDevelopment: false };
    const { workloads } = await registry.containerPlan(id, image);
    expect(workloads.map(({ component }) => component).sort()).toEqual(
      components.map((component) => component.id).sort(),
    );
    for (const { component, kind, metrics } of workloads) {
      const own = components.find((other) => other.id === component);
      const port = kind === 'grpc' ? metricsPort : own?.port;
      const response = await fetch(`http://127.0.0.1:${port}${metrics?.path}`);
      expect(response.status, component).toBe(200);
      expect(await response.text()).toMatch(
        new RegExp(`^${metrics?.namespace}_request_in_progress\\{`, 'm'),
      );
    }
  });
});
