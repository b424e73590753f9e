import fc from 'fast-check';
import type { Plan, PlannedComponent } from '../../src/core/plan/plan';
import { defaultSettings } from '../../src/core/settings/default-settings';
import type { ServeSettings } from '../../src/core/settings/serve-settings';
import type { ContainerSource } from '../../src/core/target/containers/container-plan';
import type { ContainerRequest } from '../../src/core/target/containers/to-container-plan';
import { textOf } from './hostile';
import { planned, planOf } from './plans';

export const digest = `sha256:${'a'.repeat(64)}`;
export const image: ContainerSource = {
  kind: 'image',
  image: `registry.example.com/search@${digest}`,
};
export const development: ContainerSource = {
  kind: 'development',
  image: `base@${digest}`,
  mounts: ['/usr', '/work', '/venv'],
  store: ['/home/me/bentoml/bentos', '/home/me/bentoml/models'],
  user: '1000:1000',
};

/** As the planner makes it: Python, our start.py, and after `--` BentoML's own command. */
const command = (start: string, ...options: readonly string[]): readonly string[] => [
  ...['/venv/bin/python', '/extension/start.py', '--metrics', '$(metrics)', '--', start],
  ...['service:svc', '--working-dir', '/work', '--host', '$(host)', '--port', '$(port)'],
  ...options,
];

const id = (kind: string, name: string): string => `${kind}:${name}`;

/** An entry service with dependencies; each gets the addresses of all. */
export function classPlan(dependencies: readonly string[] = ['Embedder', 'Ranker']): Plan {
  const ids = new Map([
    ...dependencies.map((name) => [name, id('service', name)] as const),
    ['Search', 'http'] as const,
  ]);
  const map = `{${[...ids].map(([name, of]) => `${escaped(JSON.stringify(name))}: "$(address:${encoded(of)})"`).join(', ')}}`;
  const component = (name: string): PlannedComponent =>
    planned({
      id: ids.get(name) ?? '',
      kind: name === 'Search' ? 'http' : 'service',
      name,
      dependsOn: name === 'Search' ? [...ids.values()].filter((one) => one !== 'http') : [],
      command: command(
        ...(['start-http-server', '--service-name', escaped(name), '--runner-map', map] as const),
      ),
      commandEnv: { CUDA_VISIBLE_DEVICES: '0' },
      usesCpuCount: name === dependencies[1],
      ...(name === dependencies[0] && {
        resources: { cpu: 2, memory: '4Gi', gpu: 0.5, gpuType: 'nvidia-l4' },
      }),
      ...(name === dependencies[1] && { resources: { cpu: '1500m', memory: 1.5 } }),
      metrics: { path: '/metrics', namespace: 'bentoml_service' },
    });
  return planOf([...ids.keys()].map(component));
}

/** A service with a runner on two GPUs, HTTP and gRPC. */
export function legacyPlan(runner = 'upper'): Plan {
  const of = id('runner', runner);
  const address = `$(address:${encoded(of)})`;
  const metrics =
    'api_server.grpc.metrics.host=127.0.0.1 api_server.grpc.metrics.port=$(metricsPort)';
  const gpus = { '0': { CUDA_VISIBLE_DEVICES: '0' }, '1': { CUDA_VISIBLE_DEVICES: '1' } };
  const components = [
    planned({
      ...{ id: of, kind: 'runner', name: runner },
      command: command('start-runner-server', '--runner-name', escaped(runner)),
      processes: [
        {
          ...{ role: 'worker', env: {}, count: 2, sockets: ['self'] },
          argv: ['python', '--worker-env-map', JSON.stringify(gpus)],
        },
      ],
      ...{ usesCpuCount: true, resources: { memory: '512Mi' } },
      metrics: { path: '/metrics', namespace: 'bentoml_runner' },
    }),
    planned({
      ...{ name: 'shout', dependsOn: [of] },
      command: command(
        ...(['start-http-server', '--runner-map'] as const),
        `{${escaped(JSON.stringify(runner))}: "${address}"}`,
        ...['--api-workers', '8', '--ssl-certfile', '$(certFile)', '--ssl-keyfile', '$(keyFile)'],
      ),
      usesCpuCount: true,
      metrics: { path: '/metrics', namespace: 'bentoml_api_server' },
    }),
    planned({
      ...{ id: 'grpc', kind: 'grpc', name: 'shout', dependsOn: [of] },
      command: command(
        ...(['start-grpc-server', '--remote-runner', `${escaped(runner)}=${address}`] as const),
        ...['--api-workers', '3'],
      ),
      commandEnv: { BENTOML_CONFIG_OPTIONS: metrics },
      usesCpuCount: false,
      metrics: { path: '/', namespace: 'bentoml_api_server' },
    }),
  ];
  return planOf(components, { generation: 'legacy', bentomlVersion: '1.1.11', name: 'shout' });
}

/** As the planner does: only letters, digits and `_.-~` stay. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const escaped = (text: string): string => text.replaceAll('$', '$$$$');

export const settingsWith = (values: Partial<ServeSettings> = {}): ServeSettings => ({
  ...defaultSettings,
  ...values,
});

export const classRequest = (values: Partial<ContainerRequest> = {}): ContainerRequest => ({
  plan: classPlan(),
  bento: { name: 'Search' },
  settings: settingsWith({
    env: { MODEL: 'a$b', HF_TOKEN: '${secret:hf}' },
    envFile: ['/work/.env', '/etc/search.env'],
  }),
  fileVariables: ['DATABASE_URL'],
  source: image,
  ...values,
});

export const legacyRequest = (values: Partial<ContainerRequest> = {}): ContainerRequest => ({
  plan: legacyPlan(),
  bento: { name: 'shout' },
  settings: settingsWith({
    http: {
      ...defaultSettings.http,
      tls: { ...defaultSettings.http.tls, certFile: '/work/cert.pem', keyFile: '/keys/key.pem' },
    },
    grpc: { ...defaultSettings.grpc, enabled: true },
  }),
  fileVariables: [],
  source: development,
  ...values,
});

const hostileText = textOf(
  [
    ...['a', 'B', '-', '_', '.', '/', ':', ' ', '$', '$$', '${X}', '$(port)', '"', "'", '\\'],
    ...['\n', '\0', '#', '{', '}', '!', '*', '&', '|', '>', '%', '@', 'é', 'true', '1', '~'],
  ],
  8,
).map((text) => text.toWellFormed());
const names = fc.uniqueArray(
  hostileText.filter((text) => text !== 'Search' && text !== ''),
  { maxLength: 5 },
);

/** Any request: what names, values and files are called is of others. */
export const requests: fc.Arbitrary<ContainerRequest> = fc
  .record({
    dependencies: names,
    isLegacy: fc.boolean(),
    name: hostileText,
    value: hostileText,
    source: fc.constantFrom(image, development),
  })
  .map(({ dependencies, isLegacy, name, value, source }) => {
    const plan = isLegacy ? legacyPlan(dependencies[0] ?? 'upper') : classPlan(dependencies);
    return {
      ...{ plan, source, bento: { name }, fileVariables: [] },
      settings: settingsWith({
        env: { VALUE: value, TOKEN: '${secret:x}' },
        http: {
          ...defaultSettings.http,
          tls: { ...defaultSettings.http.tls, certFile: '/work/cert.pem' },
        },
      }),
    };
  });
