import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { output, runProgram } from '../../scripts/run-program.mts';
import type { Bento } from '../../src/core/model';
import { postJson } from '../support/answers';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { importImage } from './podman';
import { podman as program } from './programs.mts';

const engine = inject('podman');
const harnesses = testHarness();

let folder: string;
let service: ChildProcess;
let image: string;
/** The environment of the editor: its `podman` has `compose`. */
let env: Readonly<Record<string, string>>;
let isOver = false;
let checks: Promise<void>;

const podman = (...args: readonly string[]): Promise<string> =>
  output(program, args, { env: engine.env });

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pc-'));
  const root = path.join(folder, 'root');
  await mkdir(root);
  image = await importImage(engine, root, 'empty');
  const socket = path.join(folder, 'podman.sock');
  const serve = ['system', 'service', '--time', '0', `unix://${socket}`];
  service = spawn(program, serve, { env: engine.env, stdio: 'ignore' });
  await until('the service of Podman', () => existsSync(socket), 20_000);
  env = { ...engine.env, PATH: await programs(socket) };
  checks = runHealthChecks();
});

afterAll(async () => {
  isOver = true;
  await checks;
  service.kill('SIGTERM');
  await until('the end of the service', () => service.exitCode ?? service.signalCode ?? undefined);
  await rm(folder, { recursive: true, force: true });
});

/** Runs Compose as Podman does from 4.7 on: Docker Compose with the address of Podman. */
async function programs(socket: string): Promise<string> {
  const { engines } = await ensureEnvironments(['engines']);
  const compose = path.join(path.dirname(engines), 'docker-compose');
  const bin = path.join(folder, 'bin');
  await mkdir(bin);
  const script = `#!/bin/sh
if [ "$1" != compose ]; then exec ${program} "$@"; fi
shift
DOCKER_HOST=unix://${socket} exec ${compose} "$@"
`;
  await writeFile(path.join(bin, 'podman'), script);
  await chmod(path.join(bin, 'podman'), 0o755);
  return `${bin}:/usr/bin:/bin`;
}

/** Podman has systemd run the health checks of containers. There is none here. */
async function runHealthChecks(): Promise<void> {
  while (!isOver) {
    const { stdout } = await runProgram(program, ['ps', '--quiet'], { env: engine.env });
    for (const id of stdout.split('\n').filter((line) => line !== '')) {
      await runProgram(program, ['healthcheck', 'run', id], { env: engine.env });
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

const states = (bento: Bento | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(bento?.components.map(({ id, state }) => [id, state]) ?? []);

const allReady = { http: 'ready', 'service:Embedder': 'ready', 'service:Ranker': 'ready' };

it('a bento is served by Podman, watched, restored and stopped', async () => {
  const { registry } = harnesses.set({
    ...{ python: engine.pythons['bentoml-1.4'], sample: 'samples/search' },
    ...{ reference: 'service:Search', settings: { target: 'compose' } },
    engine: { env, image },
  });
  const [{ id } = { id: '' }] = registry.bentos;
  const served = await registry.serve(id);
  expect(served).toMatchObject({ state: 'ready', engine: { kind: 'compose' } });
  expect(states(served)).toEqual(allReady);
  const url = served.components.find(({ kind }) => kind === 'http')?.url ?? '';
  const answer = await postJson(`${url}/search`, { query: 'rice', limit: 1 });
  expect(answer).toMatchObject({ status: 200 });

  const ranker = registry.details(id, 'service:Ranker');
  await until('output of the ranker', () => ranker?.output.text().includes('/rank') === true);

  const name = served.components.find((one) => one.id === 'service:Ranker')?.workers?.[0]?.name;
  const pid = Number(await podman('inspect', '--format', '{{.State.Pid}}', name ?? ''));
  process.kill(pid, 'SIGKILL');
  await until('degraded', () => registry.bento(id)?.state === 'degraded');
  await until('ready again', () => registry.bento(id)?.state === 'ready', 60_000);

  await registry.stop(id);
  expect(await podman('ps', '--all', '--quiet')).toBe('');
  expect(
    await podman('network', 'ls', '--quiet', '--filter', 'label=com.docker.compose.project'),
  ).toBe('');
});
