import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { stringify } from 'yaml';
import { output, runProgram, type ProgramResult } from '../../scripts/run-program.mts';
import { writeExport } from '../../src/core/export/write-export';
import { composeFiles } from '../../src/core/target/compose/compose-file';
import type { ImageChoice } from '../../src/core/target/containers/container-plan';
import { postJson } from '../support/answers';
import { callShout } from '../support/call-grpc';
import type { Harness } from '../support/harness';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { makeImage } from './dockerd';

const engine = inject('engine');
const harnesses = testHarness();

const docker = (...args: readonly string[]): Promise<string> =>
  output('docker', args, { env: engine.env });

const compose = (...args: readonly string[]): Promise<ProgramResult> =>
  runProgram('docker', ['compose', ...args], { cwd: harnesses.current.folder, env: engine.env });

async function composes(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await compose(...args);
  expect(code, `${stderr}\n${await logs()}`).toBe(0);
  return stdout.trim();
}

const logs = async (): Promise<string> => (await compose('logs', '--tail', '30')).stdout;

afterEach(async () => {
  await compose('down', '--timeout', '2');
});

/** As **Export…** does, of the real plan. */
async function exportCompose({ registry, folder }: Harness, image: ImageChoice): Promise<void> {
  const plan = await registry.containerPlan(registry.bentos[0]?.id ?? '', image);
  for (const { path: file, text } of composeFiles(plan, folder)) {
    await writeExport(folder, file, text);
  }
  await registry.stopAll();
}

const containerOf = (service: string): Promise<string> =>
  composes('ps', '--all', '--quiet', service);

const stateOf = async (container: string): Promise<{ pid: number; health: string }> => {
  const format = '{{.State.Pid}} {{.State.Health.Status}}';
  const [pid, health = ''] = (await docker('inspect', '--format', format, container)).split(' ');
  return { pid: Number(pid), health };
};

describe('class services from source', () => {
  const search = (): ReturnType<typeof postJson> =>
    postJson('http://127.0.0.1:38100/search', { query: 'rice', limit: 1 });

  it('are served, restarted and ended by Compose, each in a container of its own', async () => {
    const harness = harnesses.set({
      ...{ python: engine.pythons['bentoml-1.4'], sample: 'samples/search' },
      ...{ reference: 'service:Search', settings: { http: { port: 38_100 } } },
    });
    await exportCompose(harness, { reference: engine.image, isDevelopment: true });
    await composes('config', '--quiet');
    await composes('up', '--detach', '--wait');
    expect((await composes('ps', '--services')).split('\n').sort()).toEqual([
      ...['search-http', 'search-service-embedder', 'search-service-ranker'],
    ]);
    expect(await search()).toMatchObject({ status: 200 });

    // A dependency that ran in the process of the entry would answer without its container.
    for (const dependency of ['embedder', 'ranker']) {
      await composes('pause', `search-service-${dependency}`);
      const answered = await Promise.race([
        search().then(({ status }) => status === 200),
        until('no answer', () => false, 1_500).catch(() => false),
      ]);
      expect(answered, dependency).toBe(false);
      await composes('unpause', `search-service-${dependency}`);
    }

    const container = await containerOf('search-service-ranker');
    const { pid } = await stateOf(container);
    process.kill(pid, 'SIGKILL');
    await until(
      'another process, healthy',
      async () => {
        const now = await stateOf(container);
        return now.pid !== 0 && now.pid !== pid && now.health === 'healthy';
      },
      60_000,
    );
    expect(await search()).toMatchObject({ status: 200 });

    await composes('down');
    expect(await docker('ps', '--all', '--quiet')).toBe('');
    expect(await docker('network', 'ls', '--quiet', '--filter', 'name=search')).toBe('');
    expect(await docker('volume', 'ls', '--quiet')).toBe('');
  });
});

describe('a legacy bento from its image', () => {
  it('is served with its runners and gRPC, and changes are in the override file', async () => {
    const python = engine.pythons['bentoml-1.1'];
    const harness = harnesses.set({
      ...{ python, sample: 'samples/shout', reference: 'service:svc' },
      settings: { http: { port: 38_200 }, grpc: { enabled: true, port: 38_201 } },
    });
    const image = await bentoImage(harness, python);
    await exportCompose(harness, { reference: image, isDevelopment: false });
    await override(harness.folder, path.dirname(python));
    await composes('up', '--detach', '--wait');
    const { status, body } = await postJson('http://127.0.0.1:38200/shout', { text: 'hello' });
    expect(status, body).toBe(200);
    expect(await callShout('127.0.0.1:38201', 'v1', 'hello')).toContain('HELLO!');
    // Its metrics server is for the others of the network.
    const metrics = 'import urllib.request as r; print(r.urlopen("http://shout-grpc:3001").status)';
    expect(await composes('exec', 'shout-http', python, '-c', metrics)).toBe('200');
  });

  /** What BentoML's own image has: the built bento, and Python comes from this machine. */
  async function bentoImage({ folder }: Harness, python: string): Promise<string> {
    const home = path.join(folder, 'home');
    const env = { ...process.env, BENTOML_HOME: home, BENTOML_DO_NOT_TRACK: 'True' };
    const build = ['-m', 'bentoml', 'build', '--version', 'one', '--output', 'tag'];
    await output(python, build, { cwd: folder, env });
    const root = path.join(folder, 'root');
    await cp(path.join(home, 'bentos/shout/one'), path.join(root, 'home/bentoml/bento'), {
      recursive: true,
    });
    return makeImage(root, engine.env);
  }

  async function override(folder: string, bin: string): Promise<void> {
    const own = {
      environment: { PATH: `${bin}:/usr/bin:/bin` },
      volumes: engine.mounts.map((mount) => `${mount}:${mount}:ro`),
    };
    const names = ['runner-upper', 'runner-count', 'http', 'grpc'];
    const services = Object.fromEntries(names.map((name) => [`shout-${name}`, own]));
    await writeFile(path.join(folder, 'compose.override.yaml'), stringify({ services }));
  }
});
