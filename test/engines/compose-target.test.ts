import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/core/clock';
import { createRun } from '../../src/core/programs/run';
import { ComposeTarget } from '../../src/core/target/compose/compose-target';
import { findCompose } from '../../src/core/target/compose/client/find-compose';
import type { ContainerPlan } from '../../src/core/target/containers/container-plan';
import type { AppliedBento } from '../../src/core/target/target';
import { postJson } from '../support/answers';
import { dockerIn } from '../support/docker.mts';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';

const engine = inject('engine');
const harnesses = testHarness();
const run = createRun(() => undefined);
const port = 38_110;
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

const docker = dockerIn(engine.env);

interface Windows {
  readonly files: string;
  readonly open: () => Promise<ComposeTarget>;
}

/** Targets for a bento as windows of this machine make them. */
async function windows(bento: string): Promise<Windows> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'compose-target-'));
  cleanups.push(() => rm(folder, { recursive: true, force: true }));
  const own = path.join(folder, 'files');
  const open = async (): Promise<ComposeTarget> => {
    const search = { env: engine.env, platform: process.platform, run, cwd: folder };
    const program = await findCompose(search);
    const owner = { bento, folder };
    return new ComposeTarget({
      ...{ run, clock: systemClock, program, env: engine.env, owner, folder: own },
    });
  };
  return { files: own, open };
}

/** The plan of the sample, with its source and environment mounted. */
async function searchPlan(): Promise<ContainerPlan> {
  const { registry } = harnesses.set({
    ...{ python: engine.pythons['bentoml-1.4'], sample: 'samples/search' },
    ...{ reference: 'service:Search', settings: { http: { port } } },
  });
  const id = registry.bentos[0]?.id ?? '';
  const plan = await registry.containerPlan(id, { reference: engine.image, isDevelopment: true });
  await registry.stopAll();
  return plan;
}

const search = (): ReturnType<typeof postJson> =>
  postJson(`http://127.0.0.1:${port}/search`, { query: 'rice', limit: 1 });

const states = ({ state }: AppliedBento): Readonly<Record<string, string>> =>
  Object.fromEntries(state.components.map((one) => [one.id, one.state]));

const allReady = { http: 'ready', 'service:Embedder': 'ready', 'service:Ranker': 'ready' };

it('a bento is served, found by another window, restored by the engine, and stopped', async () => {
  const plan = { ...(await searchPlan()), secretVariables: ['API_TOKEN'] };
  const { files, open } = await windows('search');
  const target = await open();
  const { signal } = new AbortController();
  expect(await target.adopt(signal)).toBeUndefined();

  const secret = 'pa$$ "w\'ord${HOME}\n#';
  const resources = target.resources(plan);
  const applied = await target.apply(resources, { signal, secrets: { API_TOKEN: secret } });
  cleanups.push(() => applied.stop(signal));
  expect(states(applied)).toEqual(allReady);
  expect(await search()).toMatchObject({ status: 200 });

  // The window closes, and what it served goes on.
  applied.dispose();
  const adopted = await (await open()).adopt(signal);
  if (adopted === undefined) throw new Error('not found');
  expect(states(adopted)).toEqual(allReady);

  // The value reaches the containers whole, and is in no file.
  const worker = adopted.state.components.find(({ id }) => id === 'service:Ranker')?.workers[0];
  if (worker === undefined) throw new Error('no worker');
  const env = await docker('inspect', '--format', '{{json .Config.Env}}', worker.name);
  expect(JSON.parse(env)).toContain(`API_TOKEN=${secret}`);
  for (const name of await readdir(files)) {
    const file = path.join(files, name);
    expect(await readFile(file, 'utf8')).not.toContain("w'ord");
    expect((await stat(file)).mode & 0o077).toBe(0);
  }

  let log = '';
  const logs = new AbortController();
  const follow = adopted
    .logs({ worker, tail: 100, signal: logs.signal, onOutput: (text) => (log += text) })
    .catch(() => undefined);
  await until('the log of the ranker', () => log.includes('path=/rank'));
  logs.abort();
  await follow;

  const pid = Number(await docker('inspect', '--format', '{{.State.Pid}}', worker.name));
  process.kill(pid, 'SIGKILL');
  await until('not ready', () => states(adopted)['service:Ranker'] !== 'ready', 5_000);
  await until('ready again', () => states(adopted)['service:Ranker'] === 'ready', 60_000);
  expect(
    adopted.state.components.flatMap(({ workers }) => workers.map((one) => one.restarts)),
  ).toContain(1);
  expect(await search()).toMatchObject({ status: 200 });

  await adopted.stop(signal);
  await until('stopped', () => Object.values(states(adopted)).every((one) => one === 'stopped'));
  adopted.dispose();
  const filter = ['--quiet', '--filter', `label=com.docker.compose.project=${resources.project}`];
  expect(await docker('ps', '--all', ...filter)).toBe('');
  expect(await docker('network', 'ls', ...filter)).toBe('');
  // Real services start and restart here, on a machine that may be busy.
}, 300_000);

it('a bento that does not keep running says why, and nothing of it is left', async () => {
  const plan = await searchPlan();
  const { open } = await windows('broken');
  const target = await open();
  const resources = target.resources({
    ...plan,
    workloads: plan.workloads
      .filter(({ kind }) => kind === 'http')
      .map((one) => ({
        ...{ ...one, dependsOn: [] },
        command: ['/usr/bin/python3', '-c', 'raise SystemExit(3)'],
      })),
  });
  const { signal } = new AbortController();
  const serve = target.apply(resources, { signal, secrets: {} });
  await expect(serve).rejects.toMatchObject({ code: 'crashed' });
  const message = await serve.catch((error: unknown) => (error as Error).message);
  expect(message).toMatch(/^serve-bento-.*-search-http-1 keeps stopping \(exited with code 3\)\./);
  expect(await target.adopt(signal)).toBeUndefined();
});
