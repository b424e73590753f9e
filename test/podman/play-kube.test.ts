import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeAll, afterAll, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { output, runProgram } from '../../scripts/run-program.mts';
import type { ContainerPlan } from '../../src/core/target/containers/container-plan';
import { manifests, type Manifest } from '../../src/core/target/kubernetes/manifests';
import { postJson } from '../support/answers';
import { callShout } from '../support/call-grpc';
import type { HarnessOptions } from '../support/harness';
import { buildInto } from '../support/image-root';
import { long } from '../support/long';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { importImage } from './podman';
import { podman as program } from './programs.mts';

const engine = inject('podman');
const harnesses = testHarness();
const network = 'play-kube';

const podman = (...args: readonly string[]): Promise<string> =>
  output(program, args, { env: engine.env });

beforeAll(async () => {
  await podman('network', 'create', network);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    const { stdout } = await runProgram(program, ['ps', '--all'], { env: engine.env });
    const names = /\S+-bento$/gm;
    const logs = (stdout.match(names) ?? []).map((name) => logsOf(name));
    console.log([stdout, ...(await Promise.all(logs))].join('\n'));
  }
  await runProgram(program, ['pod', 'rm', '--all', '--force', '--time', '1'], { env: engine.env });
});
afterAll(async () => {
  await podman('network', 'rm', '--force', network);
});

/** The plan of a built bento, whose image has everything but Python. */
async function planOfImage(
  bento: string,
  options: HarnessOptions & { python: string },
): Promise<ContainerPlan> {
  const { python } = options;
  const { registry, folder } = harnesses.set(options);
  const root = path.join(folder, 'root');
  await mkdir(root);
  await buildInto(root, { python, folder, bento });
  const reference = await importImage(engine, root, bento);
  const id = registry.bentos[0]?.id ?? '';
  const plan = await registry.containerPlan(id, { reference, isDevelopment: false });
  await registry.stopAll();
  return plan;
}

interface Pod {
  readonly containers: [
    {
      readonly env: object[];
      ports: object[];
      readonly volumeMounts: object[];
    },
  ];
  volumes: { readonly name: string; readonly hostPath?: { readonly path: string } }[];
}

/**
 * Changes what differs here, as people do in overlays. The image has no Python. Podman publishes every port of a
 * container on this machine, and its empty folders belong to root.
 */
async function adapted(
  deployment: Manifest,
  python: string,
  ports: readonly object[],
): Promise<Manifest> {
  const own = structuredClone(deployment);
  const { spec } = own.spec['template'] as { readonly spec: Pod };
  const [container] = spec.containers;
  container.env.push({ name: 'PATH', value: `${path.dirname(python)}:/usr/bin:/bin` });
  container.ports = [...ports];
  const folder = path.join(harnesses.current.folder, deployment.metadata.name);
  spec.volumes = await Promise.all(
    spec.volumes.map(async ({ name }) => {
      const own = path.join(folder, name);
      await mkdir(own, { recursive: true });
      await chmod(own, 0o777);
      return { name, hostPath: { path: own } };
    }),
  );
  for (const [at, mount] of engine.mounts.entries()) {
    const name = `host-${at}`;
    spec.volumes.push({ name, hostPath: { path: mount } });
    container.volumeMounts.push({ name, mountPath: mount, readOnly: true });
  }
  return own;
}

/** Runs the pods of all Deployments. Podman has no Services, so each pod gets its name in the network. */
async function play(
  plan: ContainerPlan,
  python: string,
  ports: Readonly<Record<string, number>>,
): Promise<void> {
  const { folder } = harnesses.current;
  for (const one of manifests(plan)) {
    if (one.kind !== 'Deployment') continue;
    const { name } = one.metadata;
    const hostPort = ports[name];
    const published = { containerPort: 3000, hostPort, hostIP: '127.0.0.1' };
    const file = path.join(folder, `${name}.yaml`);
    const own = await adapted(one, python, hostPort === undefined ? [] : [published]);
    await writeFile(file, stringify(own));
    await podman('play', 'kube', '--network', `${network}:alias=${name}`, file);
  }
}

/** Ends the pods with Podman's own command. */
async function stop({ workloads }: ContainerPlan): Promise<void> {
  const { folder } = harnesses.current;
  for (const { name } of workloads) {
    await podman('kube', 'down', path.join(folder, `${name}.yaml`));
  }
  expect(await podman('ps', '--all', '--quiet')).toBe('');
  expect(await podman('pod', 'ps', '--quiet')).toBe('');
  expect(await podman('volume', 'ls', '--quiet')).toBe('');
}

const containerOf = (name: string): string => `${name}-pod-0-bento`;
const logsOf = async (container: string): Promise<string> => {
  const { stdout, stderr } = await runProgram(program, ['logs', container], { env: engine.env });
  return stdout + stderr;
};

it('class services are pods that call each other, with the limits and without the rights of the manifests', async () => {
  const python = engine.pythons['bentoml-1.4'];
  const planned = await planOfImage('search', {
    ...{ python, sample: 'samples/search', reference: 'service:Search' },
  });
  const plan = {
    ...planned,
    workloads: planned.workloads.map((one) => ({
      ...one,
      resources: { ...one.resources, memory: 2 ** 30, countsCpus: true },
    })),
  };
  await play(plan, python, { 'search-http': 38_300 });
  const search = (): ReturnType<typeof postJson> =>
    postJson('http://127.0.0.1:38300/search', { query: 'rice', limit: 1 });
  await until(
    'an answer',
    async () => (await search().catch(() => undefined))?.status === 200,
    60_000,
  );
  expect((await search()).body).toContain('rice');
  // A dependency without an address would run in the process of the entry, and answer, too.
  expect(await logsOf(containerOf('search-service-embedder'))).toContain('path=/embed,');
  expect(await logsOf(containerOf('search-service-ranker'))).toContain('path=/rank,');

  const inspect = (format: string): Promise<string> =>
    podman('inspect', '--format', format, containerOf('search-service-ranker'));
  expect(await inspect('{{.HostConfig.Memory}} {{.Config.User}}')).toBe(`${2 ** 30} 1034:1034`);
  expect(await inspect('{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.SecurityOpt}}')).toBe(
    'true [no-new-privileges]',
  );
  expect(await inspect('{{.EffectiveCaps}}')).toBe('[]');
  // BentoML starts a worker for each CPU that it counts: one, whatever the machine has.
  const count = 'from bentoml._internal.resource import system_resources as r; print(r()["cpu"])';
  const ranker = containerOf('search-service-ranker');
  expect(await podman('exec', ranker, python, '-c', count)).toBe('1.0');
  await stop(plan);
});

it('a legacy bento is pods of runners, HTTP and gRPC', long, async () => {
  const python = engine.pythons['bentoml-1.1'];
  const plan = await planOfImage('shout', {
    ...{ python, sample: 'samples/shout', reference: 'service:svc' },
    settings: { grpc: { enabled: true } },
  });
  await play(plan, python, { 'shout-http': 38_301, 'shout-grpc': 38_302 });
  const shout = (): ReturnType<typeof postJson> =>
    postJson('http://127.0.0.1:38301/shout', { text: 'hello' });
  await until(
    'an answer',
    async () => (await shout().catch(() => undefined))?.status === 200,
    60_000,
  );
  const call = (): Promise<string | undefined> =>
    callShout('127.0.0.1:38302', 'v1', 'hello').catch(() => undefined);
  expect(await until('an answer over gRPC', call, 60_000)).toContain('HELLO!');
  await stop(plan);
});
