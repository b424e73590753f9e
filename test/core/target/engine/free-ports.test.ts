import { createServer } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { defaultSettings } from '../../../../src/core/settings/default-settings';
import { withFreePorts, type FreePorts } from '../../../../src/core/target/engine/free-ports';
import { stickyPorts } from '../../../../src/core/target/local/ports/sticky-ports';
import type { ContainerPlan } from '../../../../src/core/target/containers/container-plan';
import { applied } from '../../../support/fake-applied';

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => servers.splice(0).forEach((server) => void server.close()));

/** A program of someone else on a free port, which it returns. */
async function taken(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const workload = (component: 'http' | 'grpc' | 'service:Inner', port?: number): object => ({
  ...{ component, kind: component.split(':')[0] },
  ...(port === undefined ? {} : { published: { host: '127.0.0.1', port } }),
});

async function ports(
  workloads: readonly object[],
  values: Partial<FreePorts> = {},
): Promise<readonly (number | undefined)[]> {
  const plan = { workloads } as unknown as ContainerPlan;
  const found = await withFreePorts(plan, {
    ...{ bento: 'a', settings: defaultSettings, plan: { requested: {} }, running: undefined },
    kept: stickyPorts({ get: () => undefined, update: () => Promise.resolve() }),
    isForced: false,
    ...values,
  });
  return found.workloads.map(({ published }) => published?.port);
}

const configured = (port: number): Pick<FreePorts, 'settings'> => ({
  settings: { ...defaultSettings, http: { ...defaultSettings.http, port } },
});

it('gives each published workload a port of its own, and others none', async () => {
  const [http, grpc, inner] = await ports([
    workload('http', 3000),
    workload('grpc', 3000),
    workload('service:Inner'),
  ]);
  expect(http).not.toBe(grpc);
  expect(http).toBeGreaterThanOrEqual(3000);
  expect(inner).toBeUndefined();
});

it('gives the same port the next time, and another one while it is in use', async () => {
  const kept = stickyPorts({ get: () => undefined, update: () => Promise.resolve() });
  const port = await taken();
  kept.set('a', 'http', port);
  const [instead] = await ports([workload('http', 3000)], { kept });
  expect(instead).not.toBe(port);
  expect(await ports([workload('http', 3000)], { kept })).toEqual([instead]);
  expect(await ports([workload('http', 3000)], { kept })).toEqual([instead]);
});

it('does not take the port of another bento', async () => {
  const kept = stickyPorts({ get: () => undefined, update: () => Promise.resolve() });
  const [first] = await ports([workload('http', 3000)], { kept });
  const [second] = await ports([workload('http', 3000)], { kept, bento: 'b' });
  expect(second).not.toBe(first);
});

it('keeps a configured port, also one in use, unless another one was requested', async () => {
  const port = await taken();
  const same = [workload('http', port)];
  expect(await ports(same, configured(port))).toEqual([port]);
  const [instead] = await ports(same, { ...configured(port), isForced: true });
  expect(instead).not.toBe(port);
});

it.each([
  { address: 'http://127.0.0.1:PORT', isKept: true },
  { address: 'nonsense', isKept: false },
  { address: 'grpc://[::1]', isKept: false },
])('what runs already keeps the port in $address: $isKept', async ({ address, isKept }) => {
  // The bento itself uses it.
  const port = await taken();
  const components = [applied({ address: address.replace('PORT', String(port)) })];
  const [found] = await ports([workload('http', 3000)], { running: { components } });
  if (isKept) expect(found).toBe(port);
  else expect(found).toBeGreaterThanOrEqual(3000);
});
