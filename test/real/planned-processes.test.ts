import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect } from 'vitest';
import { ensureEnvironments, type EnvironmentName } from '../../scripts/environments.mts';
import { addressUri, type Address } from '../../src/core/address';
import { systemClock } from '../../src/core/clock';
import { Helper } from '../../src/core/target/local/helper/helper';
import { dependencyOrder } from '../../src/core/plan/dependency-order';
import { fillArgv, fillEnv, type PlaceholderValues } from '../../src/core/plan/placeholders';
import type { Plan, PlannedComponent } from '../../src/core/plan/plan';
import { defaultSettings } from '../../src/core/settings/default-settings';
import { callShout } from '../support/call-grpc';
import { itEach } from '../support/long';
import { cleanEnvironment, planFor, scripts } from '../support/plan-runs';
import { quietLog } from '../support/quiet-log';
import { temporaryRuns } from '../support/temporary-runs';
import { until } from '../support/until';

const samples = {
  shout: { path: '/shout', type: 'text/plain', body: 'hello there', answer: 'HELLO THERE!' },
  search: {
    path: '/search',
    type: 'application/json',
    body: '{"query":"green tea"}',
    answer: 'tea',
  },
};
type Sample = keyof typeof samples;

const startLimit = 60_000;

let pythons: Record<EnvironmentName, string>;
beforeAll(async () => {
  pythons = await ensureEnvironments();
}, 600_000);

let directory: string;
let helper: Helper;
let output: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'planned-'));
  output = '';
});
afterEach(async () => {
  await helper.end();
  await rm(directory, { recursive: true, force: true });
});

async function prepare(version: EnvironmentName, sample: Sample, grpc = false): Promise<Plan> {
  const python = pythons[version];
  helper = await Helper.start({
    clock: systemClock,
    python,
    scripts,
    env: environment(),
    assertTrusted: () => undefined,
    cancel: new AbortController().signal,
    log: quietLog(),
    directory: path.join(directory, 'run'),
    runs: temporaryRuns(directory),
  });
  helper.onOutput(({ text }) => (output += text));
  return planFor({
    python,
    workingDir: path.resolve('samples', sample),
    settings: { grpc: { ...defaultSettings.grpc, enabled: grpc, apiWorkers: 1 } },
    env: environment(),
  });
}

const environment = (): Record<string, string> => ({
  ...cleanEnvironment(),
  BENTOML_HOME: path.join(directory, 'home'),
});

interface Answer {
  readonly status: number;
  readonly body: string;
}

function ask(address: Address, url: string, body?: string, type = 'text/plain'): Promise<Answer> {
  const target =
    address.kind === 'unix'
      ? { socketPath: address.path }
      : { host: address.host, port: address.port };
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const headers = { 'content-type': type, connection: 'close' };
    const timeout = AbortSignal.timeout(5000);
    http
      .request({ ...target, path: url, method, headers, signal: timeout }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      })
      .on('error', reject)
      .end(body);
  });
}

async function ready({ id, probes }: PlannedComponent, address: Address): Promise<void> {
  try {
    await until(
      `${id} is ready`,
      async () => (await ask(address, probes.ready).catch(() => undefined))?.status === 200,
      startLimit,
    );
  } catch (error) {
    throw new Error(`${String(error)}\n${output.slice(-4000)}`, { cause: error });
  }
}

describe('what is planned', () => {
  // Those of which `serve.test.ts` does not show the same.
  itEach(
    [['bentoml-1.4', 'shout']],
    [
      ['bentoml-1.3', 'shout'],
      ['bentoml-1.1', 'shout'],
    ],
  )(
    'by %s for %s answers on Unix sockets that were bound beforehand, with the launcher workers',
    async (version, sample) => {
      const { path: url, type, body, answer } = samples[sample];
      const { components } = await prepare(version, sample, version !== 'bentoml-1.3');
      const addresses = new Map<string, Address>();
      const fds = new Map<string, number>();
      const grpc = await freePort('grpc');
      const metricsServer = await helper.bind({ lease: 'metrics', host: '127.0.0.1', port: 0 });
      for (const [index, { id, kind }] of components.entries()) {
        if (kind === 'grpc') continue;
        const socket = path.join(directory, `${index}.sock`);
        fds.set(id, (await helper.bind({ lease: id, path: socket })).fd);
        addresses.set(id, { kind: 'unix', path: socket });
      }
      const uris = new Map([...addresses].map(([id, address]) => [id, addressUri(address)]));
      for (const [index, component] of components.entries()) {
        const metrics = path.join(directory, `metrics-${index}`);
        await mkdir(metrics);
        for (const process of component.processes) {
          const fd = fds.get(component.id);
          for (let worker = 1; worker <= process.count; worker++) {
            const values: PlaceholderValues = {
              addresses: uris,
              fds: { self: fd, metrics: metricsServer.fd },
              port: grpc.port,
              worker,
              metrics,
            };
            const inherited = process.role === 'metrics' ? metricsServer.fd : fd;
            await helper.spawn({
              process: `${component.id}#${process.role}${worker}`,
              group: component.id,
              argv: fillArgv(process.argv, values),
              env: { ...environment(), ...fillEnv(process.env, values) },
              cwd: process.cwd ?? directory,
              fds: inherited === undefined ? [] : [inherited],
              deathSignal: 'SIGKILL',
            });
          }
        }
      }
      await Promise.all(
        components
          .filter(({ kind }) => kind !== 'grpc')
          .map((component) => ready(component, addressOf(addresses, component.id))),
      );
      const said = await ask(addressOf(addresses, 'http'), url, body, type);
      expect(said, output.slice(-4000)).toMatchObject({ status: 200 });
      expect(said.body).toContain(answer);
      if (!components.some(({ kind }) => kind === 'grpc')) return;
      const target = `127.0.0.1:${grpc.port}`;
      const called = await until(
        'gRPC answers',
        () => callShout(target, 'v1', 'hello there').catch(() => undefined),
        startLimit,
      );
      expect(called).toContain(answer);
      const metrics: TcpAddress = { kind: 'tcp', host: '127.0.0.1', port: metricsServer.port };
      await until(
        'the gRPC metrics server answers',
        async () => (await ask(metrics, '/').catch(() => undefined))?.status === 200,
        startLimit,
      );
    },
  );

  itEach(
    [],
    [
      ['bentoml-1.4', 'search'],
      ['bentoml-1.3', 'shout'],
      ['bentoml-1.1', 'shout'],
    ],
  )(
    'by %s for %s answers with the launcher cli, and no start wipes the metrics of another',
    async (version, sample) => {
      const { path: url, type, body, answer } = samples[sample];
      const { components } = await prepare(version, sample, version !== 'bentoml-1.3');
      const addresses = new Map<string, TcpAddress>();
      for (const { id } of components) addresses.set(id, await freePort(id));
      const metricsAddress = await freePort('metrics');
      const uris = new Map([...addresses].map(([id, address]) => [id, addressUri(address)]));
      const start = async (component: PlannedComponent, generation = 1): Promise<void> => {
        const { id } = component;
        const { host, port } = addressOf(addresses, id);
        const values: PlaceholderValues = {
          addresses: uris,
          host,
          port,
          metricsPort: metricsAddress.port,
          metrics: path.join(directory, 'metrics', encodeURIComponent(id)),
        };
        await helper.spawn({
          process: `${id}#${generation}`,
          group: `${id}#${generation}`,
          argv: fillArgv(component.command, values),
          env: { ...environment(), ...fillEnv(component.commandEnv, values) },
          cwd: path.resolve('samples', sample),
          fds: [],
          deathSignal: 'SIGTERM',
        });
      };
      for (const wave of dependencyOrder(components)) {
        await Promise.all(wave.map((component) => start(component)));
        await Promise.all(
          wave
            .filter(({ kind }) => kind !== 'grpc')
            .map((component) => ready(component, addressOf(addresses, component.id))),
        );
      }
      const http = addressOf(addresses, 'http');
      const said = await ask(http, url, body, type);
      expect(said, output.slice(-4000)).toMatchObject({ status: 200 });
      expect(said.body).toContain(answer);
      if (components.some(({ kind }) => kind === 'grpc')) {
        // The gRPC metrics server, on the port it was given.
        await until(
          'the gRPC metrics server answers',
          async () => (await ask(metricsAddress, '/').catch(() => undefined))?.status === 200,
          startLimit,
        );
      }

      const counted = new RegExp(`request_total\\{[^}]*"${url}"[^}]*\\} 1`);
      expect((await ask(http, '/metrics')).body).toMatch(counted);
      const [first] = components;
      if (first === undefined) throw new Error('nothing was planned');
      await helper.kill(`${first.id}#1`);
      await start(first, 2);
      await ready(first, addressOf(addresses, first.id));
      expect((await ask(http, '/metrics')).body).toMatch(counted);
    },
  );
});

type TcpAddress = Extract<Address, { kind: 'tcp' }>;

function addressOf<Kind extends Address>(addresses: ReadonlyMap<string, Kind>, id: string): Kind {
  const address = addresses.get(id);
  if (address === undefined) throw new Error(`no address for ${id}`);
  return address;
}

async function freePort(lease: string): Promise<TcpAddress> {
  const host = '127.0.0.1';
  const { port } = await helper.bind({ lease, host, port: 0 });
  await helper.release(lease);
  return { kind: 'tcp', host, port };
}
