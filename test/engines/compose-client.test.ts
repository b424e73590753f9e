import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/core/clock';
import { ServeError } from '../../src/core/problem';
import { createRun } from '../../src/core/programs/run';
import { ComposeClient } from '../../src/core/target/compose/client/compose-client';
import type { ComposeProgram } from '../../src/core/target/compose/client/compose-program';
import type { Container } from '../../src/core/target/compose/client/container';
import { componentState } from '../../src/core/target/compose/client/container-state';
import { findCompose } from '../../src/core/target/compose/client/find-compose';
import { ProjectWatch } from '../../src/core/target/compose/client/project-watch';
import { dockerIn } from '../support/docker.mts';
import { until } from '../support/until';
import { emptyImage, runDaemon } from './dockerd';

const engine = inject('engine');
const python = '/usr/bin/python3';
const run = createRun(() => undefined);
const labels = { 'serve-bento.dev/bento': 'client-test', 'serve-bento.dev/owner': 'me' };
const limits = { timeoutMs: 60_000 };
const never = new AbortController().signal;

let folder = '';
let program: ComposeProgram;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'compose-client-'));
  program = await findCompose({
    ...{ env: engine.env, platform: process.platform, run, cwd: folder },
  });
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

type Service = Readonly<Record<string, unknown>>;

const service = (more: Service): Service => ({
  image: engine.image,
  labels,
  restart: 'unless-stopped',
  stop_grace_period: '1s',
  volumes: engine.mounts.map((mount) => `${mount}:${mount}:ro`),
  ...more,
});

const check = (script: string): Service => ({
  healthcheck: {
    ...{ test: ['CMD', python, '-c', script], interval: '500ms', timeout: '3s', retries: 2 },
    start_period: '10s',
  },
});

/** A server that others reach at a port of this machine, and a worker that it needs. */
const pair = (port: number): Readonly<Record<string, Service>> => ({
  http: service({
    command: [python, '-u', '-m', 'http.server', '3000'],
    ports: [`127.0.0.1:${port}:3000`],
    depends_on: { runner: { condition: 'service_healthy' } },
    ...check('import urllib.request as r; r.urlopen("http://127.0.0.1:3000/")'),
  }),
  runner: service({ command: [python, '-c', 'import time; time.sleep(1000)'], ...check('') }),
});

/** A client for a project of its own with these services. */
async function clientOf(
  name: string,
  services: Readonly<Record<string, Service>>,
  env: Readonly<Record<string, string>> = engine.env,
): Promise<ComposeClient> {
  const own = path.join(folder, name);
  await mkdir(own);
  const file = path.join(own, 'compose.yaml');
  await writeFile(file, stringify({ name: 'another-name', services }));
  return new ComposeClient(
    { run, program, env, cwd: folder },
    { name, files: [file], labels, variables: {} },
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const docker = dockerIn(engine.env);

/** What a project has left in the engine. */
async function leftOf(name: string): Promise<string> {
  const filter = ['--filter', `label=com.docker.compose.project=${name}`];
  const containers = await docker('ps', '--all', '--quiet', ...filter);
  return containers + (await docker('network', 'ls', '--quiet', ...filter));
}

const stateOf = (containers: readonly Container[], name: string): string =>
  componentState(containers.filter((one) => one.service === name)).state;

async function problemOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof ServeError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'done';
}

describe('a project', () => {
  const name = 'client-test';
  let client: ComposeClient;
  let watch: ProjectWatch;
  let port = 0;

  beforeAll(async () => {
    port = await freePort();
    client = await clientOf(name, pair(port));
    watch = new ProjectWatch(client, systemClock);
    await watch.start();
    expect(watch.state).toEqual({ containers: [] });
    await client.up({ ...limits, signal: never });
  });

  afterAll(async () => {
    watch.dispose();
    await client.down(1_000, never);
  });

  const ready = (): Promise<unknown> =>
    until(
      'both ready',
      () =>
        ['http', 'runner'].every((one) => stateOf(watch.state.containers, one) === 'ready') ||
        undefined,
      20_000,
    );

  it('is served and seen ready, and answers', async () => {
    await ready();
    const { status } = await fetch(`http://127.0.0.1:${port}/`);
    expect(status).toBe(200);
  });

  it('has logs that go on', async () => {
    let text = '';
    const end = new AbortController();
    const logs = client.logs({
      ...{ service: 'http', number: 1, tail: 100, signal: end.signal },
      onOutput: (more) => (text += more),
    });
    await until('the first lines', () => text.includes('GET / HTTP'));
    await fetch(`http://127.0.0.1:${port}/from-the-test`);
    await until('a new line', () => text.includes('GET /from-the-test'));
    end.abort();
    await expect(logs).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('gives a shell in a container', async () => {
    const { file, args, env } = client.shell({ service: 'http', number: 1 });
    const shell = spawn(file, args, { env });
    let text = '';
    shell.stdout.on('data', (data: Buffer) => (text += data.toString()));
    shell.stdin.end('echo in $0; hostname\nexit\n');
    await until('the shell to end', () => shell.exitCode !== null);
    expect(text).toMatch(/in (?:bash|sh)\n[0-9a-f]{12}/);
  });

  it('has a container killed and replaced by the engine', async () => {
    await ready();
    const id = watch.state.containers.find((one) => one.service === 'runner')?.id ?? '';
    const pid = Number(await docker('inspect', '--format', '{{.State.Pid}}', id));
    const killedAt = performance.now();
    process.kill(pid, 'SIGKILL');
    const restarted = await until('the restart', () =>
      watch.state.containers.find((one) => one.service === 'runner' && one.restarts === 1),
    );
    expect(performance.now() - killedAt).toBeLessThan(5_000);
    expect(restarted.id).toBe(id);
    await ready();
  });

  it('is scaled, and its components restarted', async () => {
    await client.scale('runner', 2, { ...limits, signal: never });
    const numbers = (): readonly number[] =>
      watch.state.containers.filter((one) => one.service === 'runner').map((one) => one.number);
    await until('two', () => numbers().length === 2);
    expect([...numbers()].sort()).toEqual([1, 2]);
    await ready();
    const startedAt = (): number =>
      watch.state.containers.find((one) => one.service === 'http')?.startedAt ?? 0;
    const before = startedAt();
    await client.restart('http', 1_000, never);
    await until('the restart', () => startedAt() > before);
    await client.scale('runner', 1, { ...limits, signal: never });
    await until('one', () => numbers().length === 1);
    await ready();
  });

  it('is found by another window, and is stopped with nothing left', async () => {
    const other = new ComposeClient({ run, program, env: engine.env, cwd: folder }, client.project);
    expect((await other.containers()).map((one) => one.service).sort()).toEqual(['http', 'runner']);
    await other.down(1_000, never);
    expect(await leftOf(name)).toBe('');
    await until('nobody', () => watch.state.containers.length === 0);
  });
});

describe('what somebody else has', () => {
  it('in the project is neither replaced nor stopped', async () => {
    const name = 'shared-test';
    const sleep = { command: [python, '-c', 'import time; time.sleep(1000)'] };
    const ours = await clientOf(name, { ours: service(sleep) });
    const theirs = path.join(folder, name, 'theirs.yaml');
    const services = { theirs: service({ ...sleep, labels: { owner: 'them' } }) };
    await writeFile(theirs, stringify({ services }));
    const up = ['--project-name', name, '--file', theirs, 'up', '--detach'];
    await ours.up({ ...limits, signal: never });
    await docker('compose', ...up);
    const problem = await problemOf(ours.up({ ...limits, signal: never }));
    expect(problem).toMatch(/^engine-conflict: The Compose project shared-test has containers/);
    await ours.down(0, never);
    expect(await ours.containers()).toEqual([]);
    const filter = ['--filter', `label=com.docker.compose.project=${name}`];
    expect(await docker('ps', ...filter, '--format', '{{.Names}}')).toBe('shared-test-theirs-1');
    await docker('compose', '--project-name', name, 'down', '--timeout', '0');
  });
});

describe.concurrent('a start that fails says why:', () => {
  const failure = async (name: string, more: Service): Promise<string> => {
    const client = await clientOf(name, { http: service({ command: [python], ...more }) });
    const problem = await problemOf(client.up({ ...limits, signal: never }));
    await client.down(0, never);
    expect(await leftOf(name)).toBe('');
    return problem;
  };

  it('the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    expect(await failure('port-test', { ports: [`127.0.0.1:${port}:3000`] })).toBe(
      `port-in-use: Port ${port} is in use on this machine. Stop the program that uses it, or choose another port.`,
    );
    await new Promise((resolve) => server.close(resolve));
  });

  it('the image cannot be pulled', async () => {
    const image = `registry.invalid/search@sha256:${'a'.repeat(64)}`;
    expect(await failure('image-test', { image })).toMatch(
      /^image-unavailable: The image registry\.invalid\/search@sha256:a+ cannot be pulled \(/,
    );
  });

  it('the program does not exist in the image', async () => {
    expect(await failure('program-test', { command: ['/nowhere/python'] })).toMatch(
      /^engine-failed: docker compose failed \(.*\/nowhere\/python/,
    );
  });

  it('a dependency ends', async () => {
    const client = await clientOf('dependency-test', {
      http: service({
        command: [python],
        depends_on: { runner: { condition: 'service_healthy' } },
      }),
      runner: service({
        ...{ command: [python, '-c', 'raise SystemExit(3)'], restart: 'no' },
        ...check(''),
      }),
    });
    expect(await problemOf(client.up({ ...limits, signal: never }))).toBe(
      'crashed: dependency-test-runner-1 exited while starting (exit code 3). See its log.',
    );
    await client.down(0, never);
  });

  it('it is cancelled while a dependency is awaited', async () => {
    const client = await clientOf('cancel-test', {
      http: service({
        command: [python],
        depends_on: { runner: { condition: 'service_healthy' } },
      }),
      runner: service({
        command: [python, '-c', 'import time; time.sleep(1000)'],
        ...check('raise SystemExit("not yet")'),
      }),
    });
    const cancel = new AbortController();
    const up = problemOf(client.up({ timeoutMs: 60_000, signal: cancel.signal }));
    await until('the check', async () =>
      (await client.containers()).find((one) => one.health?.answer === 'not yet'),
    );
    cancel.abort();
    expect(await up).toMatch(/^cancelled/);
    await client.down(0, never);
    expect(await leftOf('cancel-test')).toBe('');
  });
});

it('a memory limit that is too low is seen as such', async () => {
  const client = await clientOf('memory-test', {
    runner: service({
      command: [python, '-c', 'x = bytearray(300_000_000)'],
      ...{ mem_limit: '32m', memswap_limit: '32m', restart: 'no' },
    }),
  });
  await client.up({ ...limits, signal: never });
  const ended = await until('the end', async () =>
    (await client.containers()).find(({ status }) => status === 'exited'),
  );
  expect(ended).toMatchObject({ isOutOfMemory: true, exitCode: 137 });
  await client.down(0, never);
});

it('an engine that stops makes its containers unknown, until it is back', async () => {
  const own = await mkdtemp(path.join(os.tmpdir(), 'second-engine-'));
  const env = { ...engine.env, DOCKER_HOST: `unix://${own}/docker.sock` };
  const apart = ['--bridge', 'none', '--iptables=false', '--ip6tables=false'];
  let stop = await runDaemon(own, apart);
  try {
    const image = await emptyImage(own, env);
    const services = {
      runner: service({
        ...{ image, network_mode: 'none' },
        command: [python, '-c', 'import time; time.sleep(1000)'],
        ...check(''),
      }),
    };
    const client = await clientOf('engine-test', services, env);
    await client.up({ ...limits, signal: never });
    const watch = new ProjectWatch(client, systemClock);
    await watch.start();
    const ready = (): boolean =>
      watch.state.unknown === undefined && stateOf(watch.state.containers, 'runner') === 'ready';
    await until('ready', ready);
    const before = systemClock.date();
    await stop();
    const { since, problem } = await until('unknown', () => watch.state.unknown, 5_000);
    expect(problem).toMatchObject({ code: 'engine-unreachable' });
    expect(since).toBeGreaterThanOrEqual(before);
    expect(watch.state.containers).toHaveLength(1);
    expect(await problemOf(client.down(0, never))).toMatch(
      /^engine-unreachable: The engine of docker compose cannot be reached \(/,
    );
    stop = await runDaemon(own, apart);
    await until('ready again', ready, 20_000);
    watch.dispose();
    await client.down(0, never);
    expect(await client.containers()).toEqual([]);
  } finally {
    await stop();
    await rm(own, { recursive: true, force: true });
  }
});
