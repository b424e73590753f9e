import { describe, expect, it } from 'vitest';
import type { Launcher } from '../../../../../src/core/plan/launcher';
import type { Plan, PlannedComponent, PlannedProcess } from '../../../../../src/core/plan/plan';
import { problemOf } from '../../../../../src/core/problem';
import { defaultSettings } from '../../../../../src/core/settings/default-settings';
import type { ServeSettings } from '../../../../../src/core/settings/serve-settings';
import type { AssembleRequest } from '../../../../../src/core/target/local/prepare/assembled-component';
import {
  assertApart,
  configuredPorts,
  leaseAddresses,
} from '../../../../../src/core/target/local/prepare/lease-addresses';
import type { PortRequest } from '../../../../../src/core/target/local/ports/port-allocator';
import { FakeProcessHost } from '../../../../support/fake-process-host';
import { planned, planOf } from '../../../../support/plans';

const metrics: PlannedProcess = {
  ...{ role: 'metrics', argv: ['python'], env: {}, count: 1, sockets: ['metrics'] },
};
const http = planned();
const service = planned({ id: 'service:Inner', kind: 'service', name: 'Inner' });
const runner = planned({ id: 'runner:upper', kind: 'runner', name: 'upper' });
const grpc = planned({ id: 'grpc', kind: 'grpc', processes: [...http.processes, metrics] });
const triton = planned({ id: 'runner:triton', kind: 'runner', name: 'triton', listens: 'grpc' });

interface Given {
  readonly components: readonly PlannedComponent[];
  readonly settings?: Partial<ServeSettings>;
  readonly launcher?: Launcher;
  readonly platform?: NodeJS.Platform;
  readonly requested?: Plan['requested'];
  readonly directory?: string;
  /** The use whose lease fails. */
  readonly fails?: string;
}

function setUp(given: Given) {
  const { launcher = 'workers', platform = 'linux', directory = '/run/bento', fails } = given;
  const asked: PortRequest[] = [];
  const host = new FakeProcessHost();
  let next = 3000;
  const allocator = {
    lease: (request: PortRequest) => {
      asked.push(request);
      if (request.use === fails) return Promise.reject(new Error(`no port for ${fails}`));
      const { use, host: address, port = next++ } = request;
      return Promise.resolve({ use, host: address, port, fd: port + 1 });
    },
  };
  const request = {
    plan: planOf(given.components, { requested: given.requested ?? {} }),
    settings: { ...defaultSettings, ...given.settings },
    ...{ launcher, platform, directory, allocator, helper: host },
  } as unknown as AssembleRequest;
  return { request, asked, host };
}

/** `ID KIND ADDRESS`, with who binds it, and what is let go before the launch. */
async function addresses(given: Given): Promise<readonly string[]> {
  const { request } = setUp(given);
  const leased = await leaseAddresses(request);
  return [...leased].map(([id, { address, boundByServer, releaseAtLaunch }]) => {
    const where = address.kind === 'unix' ? address.path : `${address.host}:${address.port}`;
    return [
      `${id} ${where}`,
      ...(boundByServer ? ['bound by its server'] : []),
      ...(releaseAtLaunch.length > 0 ? [`releases ${releaseAtLaunch.join(', ')}`] : []),
    ].join('; ');
  });
}

describe('the addresses of components', () => {
  it.each<[string, Given, readonly string[]]>([
    [
      'of class services: what people reach first, the others on private sockets',
      { components: [service, http] },
      ['http 127.0.0.1:3000', 'service:Inner /run/bento/s/0'],
    ],
    [
      'HTTP before gRPC, which keeps others off its port without being in the way on Linux',
      { components: [runner, grpc, http] },
      [
        'http 127.0.0.1:3000',
        'grpc 127.0.0.1:3001; bound by its server',
        'runner:upper /run/bento/s/0',
      ],
    ],
    [
      'of gRPC elsewhere: let go before the launch',
      { components: [grpc], platform: 'darwin' },
      ['grpc 127.0.0.1:3000; bound by its server; releases grpc'],
    ],
    [
      'with the launcher cli: ports only, which the commands bind themselves',
      { components: [runner, http, grpc], launcher: 'cli' },
      [
        'http 127.0.0.1:3000; bound by its server; releases http',
        'grpc 127.0.0.1:3001; bound by its server; releases grpc metrics',
        'runner:upper 127.0.0.1:3003; bound by its server; releases runner:upper',
      ],
    ],
    [
      'on Windows: ports only',
      { components: [service, http], platform: 'win32' },
      ['http 127.0.0.1:3000', 'service:Inner 127.0.0.1:3001'],
    ],
    [
      'with the transport tcp',
      { components: [service], settings: { internalTransport: 'tcp' } },
      ['service:Inner 127.0.0.1:3000'],
    ],
    [
      'of runners with a port, with a host, and with neither',
      {
        components: [
          runner,
          planned({ id: 'runner:lower', kind: 'runner', name: 'lower' }),
          planned({ id: 'runner:none', kind: 'runner', name: 'none' }),
        ],
        settings: { runners: { upper: { port: 7000 }, lower: { host: '127.0.0.2' } } },
      },
      ['runner:upper 127.0.0.1:7000', 'runner:lower 127.0.0.2:3000', 'runner:none /run/bento/s/2'],
    ],
    [
      'of a program that binds its port itself, whatever the launcher',
      { components: [triton] },
      ['runner:triton 127.0.0.1:3000; bound by its server; releases runner:triton'],
    ],
    [
      'of those only that run here',
      { components: [planned({ ...service, remote: 'http://other:1' }), http] },
      ['http 127.0.0.1:3000'],
    ],
    [
      'that the settings name, before what the service asks for',
      {
        components: [http],
        settings: { http: { ...defaultSettings.http, port: 8080 } },
        requested: { http: { host: '127.0.0.3', port: 9090 } },
      },
      ['http 127.0.0.3:8080'],
    ],
  ])('%s', async (_, given, expected) => {
    expect(await addresses(given)).toEqual(expected);
  });

  it('have a socket and a second one for the metrics of gRPC', async () => {
    const { request } = setUp({ components: [grpc] });
    const leased = await leaseAddresses(request);
    expect(leased.get('grpc')).toMatchObject({ fd: 3001, metrics: { port: 3001, fd: 3002 } });
  });

  it('have the backlog that the settings name', async () => {
    const { request, asked } = setUp({
      components: [http, grpc, runner],
      settings: {
        http: { ...defaultSettings.http, backlog: 7 },
        grpc: { ...defaultSettings.grpc, backlog: 8 },
        runners: { upper: { port: 7000, backlog: 9 } },
      },
    });
    await leaseAddresses(request);
    expect(asked.map(({ use, backlog }) => [use, backlog])).toEqual([
      ['http', 7],
      ['grpc', undefined],
      ['grpc metrics', 8],
      ['runner:upper', 9],
    ]);
  });

  it('are told with the setting that decides them', async () => {
    const { request, asked } = setUp({
      components: [http, grpc, runner],
      settings: { runners: { upper: { port: 7000 } } },
    });
    await leaseAddresses(request);
    expect(asked.map(({ setting }) => setting.name)).toEqual([
      'serveBento.http.port',
      'serveBento.grpc.port',
      'serveBento.grpc.metricsPort',
      'serveBento.runners.upper.port',
    ]);
  });

  it('listen where we bind them, but for gRPC', async () => {
    const { request, asked } = setUp({ components: [http, grpc] });
    await leaseAddresses(request);
    expect(asked.map(({ listen }) => listen)).toEqual([true, false, true]);
  });
});

describe('a lease that fails', () => {
  it.each(['http', 'grpc', 'grpc metrics', 'runner:upper'])('ends it: %s', async (fails) => {
    const { request } = setUp({
      components: [http, grpc, runner],
      settings: { internalTransport: 'tcp' },
      fails,
    });
    await expect(leaseAddresses(request)).rejects.toThrow(`no port for ${fails}`);
  });

  it('is one of a private socket whose path is too long, before anything is bound', async () => {
    const { request, host } = setUp({ components: [service], directory: `/${'d'.repeat(103)}` });
    await expect(leaseAddresses(request)).rejects.toMatchObject({ code: 'settings' });
    expect(host.requests).toEqual([]);
  });

  it('is no private socket that the path just fits', async () => {
    const directory = `/${'d'.repeat(103 - '//s/0'.length)}`;
    const { request, host } = setUp({ components: [service], directory });
    await leaseAddresses(request);
    expect(host.requests).toEqual(['bind service:Inner']);
  });
});

describe('the ports that are configured', () => {
  it.each<[string, Given, readonly (readonly [string, number])[]]>([
    ['none', { components: [http, grpc, runner] }, []],
    [
      'each of them',
      {
        components: [http, grpc, runner],
        settings: {
          http: { ...defaultSettings.http, port: 1 },
          grpc: { ...defaultSettings.grpc, port: 2, metricsPort: 3 },
          runners: { upper: { port: 4 } },
        },
      },
      [
        ['http', 1],
        ['grpc', 2],
        ['grpc metrics', 3],
        ['runner:upper', 4],
      ],
    ],
    [
      'that the service asks for',
      { components: [http], requested: { http: { port: 5 } } },
      [['http', 5]],
    ],
    [
      'not those of components that run elsewhere',
      {
        components: [planned({ ...runner, remote: 'tcp://other:1' })],
        settings: { runners: { upper: { port: 4 } } },
      },
      [],
    ],
    [
      'not those of gRPC without metrics',
      {
        components: [planned({ id: 'grpc', kind: 'grpc' })],
        settings: { grpc: { ...defaultSettings.grpc, metricsPort: 3 } },
      },
      [],
    ],
  ])('%s', (_, given, expected) => {
    const { request } = setUp(given);
    expect(configuredPorts(request).map(({ use, port }) => [use, port])).toEqual(expected);
  });
});

describe('one port for HTTP and gRPC', () => {
  const on = (
    httpPort: number | undefined,
    grpcPort: number | undefined,
    hosts: readonly [string, string] = ['127.0.0.1', '127.0.0.1'],
  ): Partial<ServeSettings> => ({
    http: {
      ...defaultSettings.http,
      host: hosts[0],
      ...(httpPort === undefined ? {} : { port: httpPort }),
    },
    grpc: {
      ...defaultSettings.grpc,
      host: hosts[1],
      ...(grpcPort === undefined ? {} : { port: grpcPort }),
    },
  });
  it.each<[string, Given, boolean]>([
    ['is refused', { components: [http, grpc], settings: on(3000, 3000) }, true],
    [
      'is no port where none is configured',
      { components: [http, grpc], settings: on(undefined, undefined) },
      false,
    ],
    ['is none where they differ', { components: [http, grpc], settings: on(3000, 3001) }, false],
    [
      'is possible on two addresses',
      { components: [http, grpc], settings: on(3000, 3000, ['127.0.0.1', '127.0.0.2']) },
      false,
    ],
    [
      'is possible where only one is served',
      { components: [http], settings: on(3000, 3000) },
      false,
    ],
    [
      'is possible where the other one is served alone',
      { components: [grpc], settings: on(3000, 3000) },
      false,
    ],
  ])('%s', (_, given, isRefused) => {
    const { request } = setUp(given);
    let code = 'nothing';
    try {
      assertApart(request);
    } catch (error) {
      code = problemOf(error).code;
    }
    expect(code).toBe(isRefused ? 'settings' : 'nothing');
  });
});
