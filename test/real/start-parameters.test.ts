import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import getPort from 'get-port';
import { describe, expect, it } from 'vitest';
import type { EnvironmentName } from '../../scripts/environments.mts';
import type { Bento, Component } from '../../src/core/model';
import { startParameters, type StartFunction } from '../../src/core/plan/start-parameters';
import { isAtLeast } from '../../src/core/interpreter/supported-versions';
import { ask, postJson } from '../support/answers';
import { allowedStreams, channelzServers, listServices } from '../support/ask-grpc';
import { callShout } from '../support/call-grpc';
import { describeEach, itEach, longIf } from '../support/long';
import { moment } from '../support/pauses';
import type { Harness } from '../support/harness';
import { testHarness } from '../support/test-harness';
import { urlOf } from '../support/url-of';

const environments: readonly EnvironmentName[] = [
  'bentoml-1.4',
  'bentoml-1.3',
  'bentoml-1.1',
  'bentoml-1.0',
];

const harnesses = testHarness({ sharesHelpers: true });

type Sample = 'shout' | 'slow' | 'slow-legacy';

const samples: Readonly<Record<Sample, { sample: string; reference: string; id: string }>> = {
  shout: { sample: 'samples/shout', reference: 'service:svc', id: 'service.py:svc' },
  slow: {
    sample: 'test/fixtures/bentos/slow',
    reference: 'service:Slow',
    id: 'service.py:Slow',
  },
  'slow-legacy': {
    sample: 'test/fixtures/bentos/slow-legacy',
    reference: 'service:svc',
    id: 'service.py:svc',
  },
};

async function serve(
  environment: EnvironmentName,
  which: Sample,
  settings: object,
): Promise<{ harness: Harness; bento: Bento; id: string }> {
  const { sample, reference, id } = samples[which];
  const python = harnesses.pythons[environment];
  const harness = harnesses.set({ python, sample, reference, settings });
  return { harness, id, bento: await harness.registry.serve(id) };
}

const componentOf = ({ components }: Bento, id: string): Component => {
  const found = components.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no component ${id}`);
  return found;
};

const targetOf = (bento: Bento, id: string): string => {
  const { host, port } = componentOf(bento, id);
  return `${host ?? ''}:${port ?? 0}`;
};

describe.each(environments)('what %s takes', (environment) => {
  const asked = `
import bentoml, inspect, json
from bentoml import start
functions = {name: getattr(start, name) for name in dir(start) if name.startswith("start_")}
try:
    from _bentoml_impl.server.serving import serve_http
    functions["serve_http"] = serve_http
except ImportError:
    pass
try:
    from bentoml_cli._internal.start import build_start_command
    group = build_start_command()
except ImportError:
    import click
    from bentoml_cli import start as cli
    if hasattr(cli, "build_start_command"):
        group = cli.build_start_command()
    else:
        group = click.Group()
        cli.add_start_command(group)
commands = {name: command for name, command in group.commands.items() if name.startswith("start-")}
print(json.dumps({
    "version": bentoml.__version__,
    "functions": {name: list(inspect.signature(inspect.unwrap(one)).parameters) for name, one in functions.items()},
    "options": sorted({option.name for one in commands.values() for option in one.params}),
}))`;

  let answer: ReturnType<typeof tell> | undefined;
  const told = () => (answer ??= tell());
  const tell = () =>
    JSON.parse(
      execFileSync(harnesses.pythons[environment], ['-W', 'ignore', '-c', asked], {
        encoding: 'utf8',
      })
        .trim()
        .split('\n')
        .at(-1) ?? '',
    ) as {
      version: string;
      functions: Record<StartFunction, readonly string[]>;
      options: readonly string[];
    };

  it('is in the table, parameter by parameter', () => {
    const { version, functions } = told();
    for (const [name, parameters] of Object.entries(functions)) {
      const listed = Object.entries(startParameters[name as StartFunction])
        .filter(([, { since }]) => since === undefined || isAtLeast(version, since))
        .map(([parameter]) => parameter);
      expect([...listed].sort(), name).toEqual([...parameters].sort());
    }
  });

  it('is in the table, option by option', () => {
    // The parameter that an option with another name stands for.
    const named: Readonly<Record<string, string>> = {
      bento: 'bento_identifier',
      remote_runner: 'runner_map',
      depends: 'dependency_map',
      bind: 'host',
      enable_reflection: 'reflection',
      enable_channelz: 'channelz',
    };
    // Of every command of bentoml: BentoCloud, and variables of the environment in short.
    const common = ['cloud_context', 'do_not_track', 'verbosity'];
    const parameters = Object.values(startParameters).flatMap((one) => Object.keys(one));
    const { options } = told();
    const strange = options.filter(
      (option) =>
        !common.includes(option) &&
        // Stand-ins of options that exclude each other.
        !option.startsWith('fake_') &&
        !parameters.includes(named[option] ?? option),
    );
    expect(options.length).toBeGreaterThan(15);
    expect(strange).toEqual([]);
  });
});

describe.each(['bentoml-1.4', 'bentoml-1.0'] as const)('gRPC of %s', (environment) => {
  const [often, seldom] =
    environment === 'bentoml-1.4' ? (['workers', 'cli'] as const) : (['cli', 'workers'] as const);

  itEach([[often]], [[seldom]])('has what the settings ask for (launcher %s)', async (launcher) => {
    const { bento } = await serve(environment, 'shout', {
      launcher,
      grpc: {
        ...{ enabled: true, reflection: true, channelz: true, apiWorkers: 1 },
        ...{ maxConcurrentStreams: 7, protocolVersion: 'v1alpha1', backlog: 99 },
      },
    });
    const target = targetOf(bento, 'grpc');
    expect(await listServices(target)).toContain('bentoml.grpc.v1alpha1.BentoService');
    expect((await channelzServers(target)).length).toBeGreaterThan(0);
    expect(await allowedStreams(target)).toBe(7);
    expect(await callShout(target, 'v1alpha1', 'some words')).toContain('SOME WORDS!');
    await expect(callShout(target, 'v1', 'some words')).rejects.toThrow('UNIMPLEMENTED');
  });

  it('has none of it without settings', longIf(environment !== 'bentoml-1.4'), async () => {
    const { bento } = await serve(environment, 'shout', {
      grpc: { enabled: true, apiWorkers: 1 },
    });
    const target = targetOf(bento, 'grpc');
    await expect(listServices(target)).rejects.toThrow('UNIMPLEMENTED');
    await expect(channelzServers(target)).rejects.toThrow('UNIMPLEMENTED');
    expect(await allowedStreams(target)).not.toBe(7);
    expect(await callShout(target, 'v1', 'some words')).toContain('SOME WORDS!');
  });
});

/** Milliseconds until the server closes a connection after one answer; at most 4 s are waited for it. */
async function closedAfter(url: string): Promise<number> {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  socket.resume();
  await once(socket, 'connect');
  socket.write(`GET /livez HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  const from = performance.now();
  const closed = once(socket, 'close').then(() => performance.now() - from);
  const given = await Promise.race([closed, moment(4000).then(() => Infinity)]);
  socket.destroy();
  return given;
}

/** Of so many connections to a server that accepts none, those that the system takes for it. */
async function waitingConnections(port: number, count: number): Promise<number> {
  const sockets = Array.from({ length: count }, () => net.connect(port, '127.0.0.1'));
  let connected = 0;
  for (const socket of sockets) {
    socket.on('connect', () => (connected += 1)).on('error', () => undefined);
  }
  // What has no place is not refused: the client tries again after a second.
  await moment(700);
  for (const socket of sockets) socket.destroy();
  return connected;
}

describeEach(
  [
    ['bentoml-1.4', 'slow', 'workers'],
    ['bentoml-1.4', 'slow-legacy', 'workers'],
  ],
  [
    ['bentoml-1.4', 'slow', 'cli'],
    ['bentoml-1.3', 'slow', 'workers'],
    ['bentoml-1.3', 'slow-legacy', 'cli'],
  ],
)('HTTP of %s, %s, launcher %s', (environment, which, launcher) => {
  it('closes idle connections and cuts off requests when the settings say so', async () => {
    const { harness, id, bento } = await serve(environment, which, {
      launcher,
      http: { keepAliveTimeout: 1, gracefulShutdownTimeout: 1, apiWorkers: 1 },
      stopGracePeriod: 30,
    });
    const url = urlOf(bento);
    expect(await closedAfter(url)).toBeLessThan(3500);
    const inFlight = postJson(`${url}/wait`, { seconds: 9 }).then(
      ({ status }) => status,
      () => 'cut off',
    );
    await moment(300);
    const from = performance.now();
    await harness.registry.stop(id);
    expect(performance.now() - from).toBeLessThan(7000);
    expect(await inFlight).not.toBe(200);
    expect(harness.log.lines.filter((line) => line.includes('by force'))).toEqual([]);
  });
});

describe.each([
  ['bentoml-1.1', 'keepAliveTimeout'],
  ['bentoml-1.0', 'gracefulShutdownTimeout'],
] as const)('%s, which is too old for http.%s', (environment, setting) => {
  it('says which version has it', async () => {
    const serving = serve(environment, 'shout', { http: { [setting]: 5 } });
    await expect(serving).rejects.toMatchObject({ code: 'settings' });
    await expect(serving).rejects.toThrow(
      new RegExp(`serveBento\\.http\\.${setting} needs BentoML 1\\.2 or later, and this is 1\\.`),
    );
  });
});

describeEach(
  [
    ['bentoml-1.4', 'slow', 'service:Inner', 'Inner'],
    ['bentoml-1.0', 'slow-legacy', 'runner:waits', 'waits'],
  ],
  [
    ['bentoml-1.3', 'slow', 'service:Inner', 'Inner'],
    ['bentoml-1.4', 'slow-legacy', 'runner:waits', 'waits'],
  ],
)('of %s, %s: %s', (environment, which, component, name) => {
  it('is where its settings say, used there, and gives up after its time, as HTTP does after its own', async () => {
    const { bento } = await serve(environment, which, {
      http: { timeout: 2, apiWorkers: 1 },
      // One that nothing else takes on another address.
      runners: { [name]: { host: '127.0.0.2', port: await getPort(), timeout: 1 } },
    });
    const { host, port = 0 } = componentOf(bento, component);
    expect(host).toBe('127.0.0.2');
    expect((await ask(`http://127.0.0.2:${port}/livez`)).status).toBe(200);
    await expect(ask(`http://127.0.0.1:${port}/livez`)).rejects.toThrow();
    const url = urlOf(bento);
    expect((await postJson(`${url}/ask_inner`, { seconds: 0.1 })).status).toBe(200);
    expect((await postJson(`${url}/ask_inner`, { seconds: 8 })).status).toBeGreaterThanOrEqual(500);
    expect((await postJson(`${url}/wait`, { seconds: 8 })).status).toBeGreaterThanOrEqual(500);
  });
});

describe.runIf(process.platform === 'linux')('the backlog', () => {
  const of = (port: number): object => ({ runners: { Inner: { backlog: 65, port } } });

  itEach(
    [
      ['bentoml-1.4', 'slow', ['http', 'service:Inner'], of(3990)],
      ['bentoml-1.0', 'shout', ['http'], {}],
    ],
    [
      ['bentoml-1.3', 'slow', ['http', 'service:Inner'], of(3991)],
      ['bentoml-1.4', 'shout', ['http'], {}],
    ],
  )('of %s, %s: %j is as long as set', async (environment, which, ids, settings) => {
    const http = { backlog: 65, apiWorkers: 1 };
    const { bento } = await serve(environment, which, { http, ...settings });
    for (const id of ids) await isAsLongAsSet(componentOf(bento, id));
  });
});

async function isAsLongAsSet({ pids, port = 0 }: Component): Promise<void> {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    const waiting = await waitingConnections(port, 120);
    expect(waiting).toBeGreaterThan(60);
    expect(waiting).toBeLessThan(75);
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}
