import { expect, inject, it } from 'vitest';
import { postJson } from '../support/answers';
import { codeBlocks, read } from '../support/pages';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { composed, exportCompose } from './support/composed';

const engine = inject('engine');
const harnesses = testHarness();
const { docker, compose } = composed(harnesses);

const search = (): ReturnType<typeof postJson> =>
  postJson('http://127.0.0.1:38100/search', { query: 'rice', limit: 1 });

/** The commands of the page, without `docker compose`. */
const documented = (): readonly (readonly string[])[] =>
  codeBlocks(read('docs/compose.md'), 'sh')
    .flatMap((block) => block.trim().split('\n'))
    .map((line) => line.split(' ').slice(2));

const stateOf = async (container: string): Promise<{ pid: number; health: string }> => {
  const format = '{{.State.Pid}} {{.State.Health.Status}}';
  const [pid, health = ''] = (await docker('inspect', '--format', format, container)).split(' ');
  return { pid: Number(pid), health };
};

it('class services from source are served, restarted and ended by Compose', async () => {
  const harness = harnesses.set({
    ...{ python: engine.pythons['bentoml-1.4'], sample: 'samples/search' },
    ...{ reference: 'service:Search', settings: { http: { port: 38_100 } } },
  });
  await exportCompose(harness, { reference: engine.image, isDevelopment: true });
  const [up = [], ps = [], logs = [], down = []] = documented();
  await compose(...up);
  expect(await compose(...ps)).toContain('search-service-ranker');
  expect((await compose('ps', '--services')).split('\n').sort()).toEqual([
    ...['search-http', 'search-service-embedder', 'search-service-ranker'],
  ]);
  const { status, body } = await search();
  expect(status, body).toBe(200);
  expect(body).toContain('rice');

  // A dependency without an address would run in the process of the entry, and answer, too.
  const output = await compose(...logs);
  expect(output).toMatch(/^search-service-embedder.*.*path=\/embed,/m);
  expect(output).toMatch(/^search-service-ranker.*.*path=\/rank,/m);

  const container = await compose('ps', '--quiet', 'search-service-ranker');
  const { pid } = await stateOf(container);
  process.kill(pid, 'SIGKILL');
  const isReplaced = async (): Promise<boolean> => {
    const now = await stateOf(container);
    return now.pid !== 0 && now.pid !== pid && now.health === 'healthy';
  };
  await until('another process, healthy', isReplaced, 60_000);
  expect(await search()).toMatchObject({ status: 200, body });

  await compose(...down);
  const labelled = ['--quiet', '--filter', 'label=com.docker.compose.project=search'];
  expect(await docker('ps', '--all', ...labelled)).toBe('');
  expect(await docker('network', 'ls', ...labelled)).toBe('');
  expect(await docker('volume', 'ls', '--quiet')).toBe('');
});
