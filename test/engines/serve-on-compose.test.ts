import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect, inject, it } from 'vitest';
import { output } from '../../scripts/run-program.mts';
import type { Bento } from '../../src/core/model';
import { postJson } from '../support/answers';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';

const engine = inject('engine');
const harnesses = testHarness();

const docker = (...args: readonly string[]): Promise<string> =>
  output('docker', args, { env: engine.env });

/** Other tests use the engine at the same time. */
const containersOf = (folder: string): Promise<string> =>
  docker('ps', '--all', '--quiet', '--filter', `volume=${folder}`);

const idsOf = async (folder: string): Promise<readonly string[]> =>
  (await containersOf(folder)).split('\n').sort();

const search = (url: string): ReturnType<typeof postJson> =>
  postJson(`${url}/search`, { query: 'rice', limit: 1 });

const states = (bento: Bento | undefined): Readonly<Record<string, string>> =>
  Object.fromEntries(bento?.components.map(({ id, state }) => [id, state]) ?? []);

const allReady = { http: 'ready', 'service:Embedder': 'ready', 'service:Ranker': 'ready' };

/** The sample with its source and environment mounted. */
function searchOnCompose(settings: object = {}): ReturnType<typeof harnesses.set> {
  return harnesses.set({
    ...{ python: engine.pythons['bentoml-1.4'], sample: 'samples/search' },
    ...{ reference: 'service:Search', settings: { target: 'compose', ...settings }, engine },
  });
}

it('a bento is served on Docker Compose, found again, restarted and stopped like any other', async () => {
  const { registry, folder } = searchOnCompose({ envFile: ['.env'], env: { PLAIN: '$HOME' } });
  await writeFile(`${folder}/.env`, 'PASSWORD="p$ecret"\nexport WORDS = a b # c\nPLAIN=file\n');
  const [{ id } = { id: '' }] = registry.bentos;
  const served = await registry.serve(id, { once: { env: { ONCE: '$1' } } });
  expect(served).toMatchObject({ state: 'ready', engine: { kind: 'compose' } });
  expect(states(served)).toEqual(allReady);
  const url = served.components.find(({ kind }) => kind === 'http')?.url ?? '';
  expect(await search(url)).toMatchObject({ status: 200 });
  const [worker] = served.components.flatMap(({ workers = [] }) => workers);
  expect(worker).toMatchObject({ state: 'ready', restarts: 0 });

  // Variables have the values that they would have on this machine.
  const [http] = served.components.flatMap(({ kind, workers = [] }) =>
    kind === 'http' ? workers : [],
  );
  const variables = await docker('inspect', '--format', '{{json .Config.Env}}', http?.name ?? '');
  expect(JSON.parse(variables)).toEqual(
    expect.arrayContaining(['PASSWORD=p$ecret', 'WORDS=a b', 'PLAIN=$HOME', 'ONCE=$1']),
  );

  // The output of containers is in the terminal and the log of their component.
  const ranker = registry.details(id, 'service:Ranker');
  await until('output of the ranker', () => ranker?.output.text().includes('/rank') === true);

  // The window closes and opens again.
  await registry.leave();
  expect(registry.bento(id)?.state).toBe('stopped');
  expect(await search(url)).toMatchObject({ status: 200 });
  await registry.refresh();
  await until('found again', () => registry.bento(id)?.state === 'ready');
  expect(registry.bento(id)?.components.find(({ kind }) => kind === 'http')?.url).toBe(url);

  const name = registry.bento(id)?.components.find((one) => one.id === 'service:Ranker')
    ?.workers?.[0]?.name;
  const pid = Number(await docker('inspect', '--format', '{{.State.Pid}}', name ?? ''));
  process.kill(pid, 'SIGKILL');
  await until('degraded', () => registry.bento(id)?.state === 'degraded');
  await until('ready again', () => registry.bento(id)?.state === 'ready', 60_000);

  const restarted = await registry.restart(id, 'service:Ranker');
  expect(states(restarted)).toEqual(allReady);
  expect(await search(url)).toMatchObject({ status: 200 });

  await registry.stop(id);
  expect(registry.bento(id)).toMatchObject({ state: 'stopped' });
  expect(await containersOf(folder)).toBe('');
}, 300_000);

it('a bento whose code cannot be imported says so, and nothing is started', async () => {
  const { registry, folder } = searchOnCompose();
  await writeFile(`${folder}/service.py`, 'import nowhere_at_all\n');
  const [{ id } = { id: '' }] = registry.bentos;
  await expect(registry.serve(id)).rejects.toMatchObject({ code: 'import-failed' });
  expect(await containersOf(folder)).toBe('');
}, 120_000);

it('a configured port that is in use is an error with a next step', async () => {
  const { registry, folder } = searchOnCompose({ http: { port: 38_123 } });
  const server = createServer().listen(38_123, '127.0.0.1');
  const [{ id } = { id: '' }] = registry.bentos;
  try {
    await expect(registry.serve(id)).rejects.toMatchObject({
      ...{ code: 'port-in-use', problem: { port: 38_123 } },
    });
  } finally {
    server.close();
  }
  expect(await containersOf(folder)).toBe('');
}, 120_000);

it('code that is saved is served by the same containers, unless it cannot be imported', async () => {
  const harness = searchOnCompose();
  const { registry, folder } = harness;
  const [{ id } = { id: '' }] = registry.bentos;
  const served = await registry.serve(id);
  const url = served.components.find(({ kind }) => kind === 'http')?.url ?? '';
  const file = `${folder}/service.py`;
  const source = await readFile(file, 'utf8');
  const save = async (text: string): Promise<void> => {
    await writeFile(file, text);
    harness.saved([file]);
  };
  const containers = async (): Promise<string> =>
    docker('inspect', '--format', '{{.Id}} {{.State.StartedAt}}', ...(await idsOf(folder)));
  const answers = (text: string): Promise<boolean> =>
    until(
      `the answer ${text}`,
      async () =>
        JSON.stringify((await search(url).catch(() => undefined))?.body ?? '').includes(text),
      90_000,
    );
  const isReady = (): boolean => registry.bento(id)?.state === 'ready';
  const stopped = (text: string): string => text.replaceAll(/ \S+/g, '');

  const before = await idsOf(folder);
  // Several saves close together are one reload.
  await save(source.replace('green tea goes', 'red tea goes'));
  await save(source.replace('green tea goes', 'black tea goes'));
  await until('the reload on the row', () =>
    Object.values(states(registry.bento(id))).includes('starting'),
  );
  expect(registry.details(id, 'http')?.waitingFor).toBeDefined();
  await answers('black tea goes');
  await until('ready', isReady, 60_000);
  expect(await idsOf(folder)).toEqual(before);
  const log = registry.details(id, 'http')?.output.text() ?? '';
  expect(log.match(/▸ \S+ stopping/g)).toHaveLength(1);
  expect(log).toMatch(/▸ \S+ ready after/);

  // What cannot be imported does not stop what is served.
  const running = await containers();
  await save('import nowhere_at_all\n');
  await until('the problem', () => registry.bento(id)?.problem?.code === 'import-failed', 30_000);
  expect(registry.bento(id)?.problem?.message).toMatch(/previous code is still being served/);
  expect(await containers()).toBe(running);
  await answers('black tea goes');

  // The next window follows the code, too.
  await registry.leave();
  await registry.refresh();
  await until('found again', isReady, 30_000);
  expect(registry.bento(id)?.problem).toBeUndefined();
  await save(source.replace('green tea goes', 'white tea goes'));
  await answers('white tea goes');
  expect(stopped(await containers())).toBe(stopped(running));

  // Code with other components is served, too, at the same address.
  await until('ready', isReady, 60_000);
  await save(source.replaceAll('Ranker', 'Sorter').replace('green tea goes', 'mint tea goes'));
  await answers('mint tea goes');
  await until('ready', isReady, 60_000);
  expect(Object.keys(states(registry.bento(id))).sort()).toEqual([
    'http',
    'service:Embedder',
    'service:Sorter',
  ]);
  await registry.stop(id);
  expect(await containersOf(folder)).toBe('');
}, 400_000);
