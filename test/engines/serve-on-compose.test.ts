import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect, inject, it } from 'vitest';
import type { Bento } from '../../src/core/model';
import { postJson } from '../support/answers';
import { dockerIn } from '../support/docker.mts';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';

const engine = inject('engine');
const harnesses = testHarness();

const docker = dockerIn(engine.env);

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

it('components have replicas, are scaled, described and compared, also in a window that has not served them', async () => {
  const { registry, folder } = searchOnCompose({
    ...{ envFile: ['.env'], runners: { Ranker: { replicas: 2 } } },
  });
  await writeFile(`${folder}/.env`, 'PASSWORD="p$ecret"\n');
  const [{ id } = { id: '' }] = registry.bentos;
  const { signal } = new AbortController();
  const workers = (component: string): readonly string[] =>
    registry
      .bento(id)
      ?.components.find((one) => one.id === component)
      ?.workers?.map(({ name, state }) => `${name} ${state}`) ?? [];
  await registry.serve(id);
  const [ranker] = workers('service:Ranker');
  const named = (service: string, number: number): string =>
    (ranker ?? '').replace(/service-ranker-\d ready$/, `${service}-${number}`);
  expect(workers('service:Ranker').toSorted()).toEqual(
    [1, 2].map((number) => `${named('service-ranker', number)} ready`),
  );

  await registry.leave();
  await registry.refresh();
  await until('found again', () => registry.bento(id)?.state === 'ready');
  const actions = registry.onEngine(id);
  await actions.scale('service:Embedder', 2, signal);
  const second = named('service-embedder', 2);
  expect(workers('service:Embedder')).toContain(`${second} ready`);
  const variables = await docker('inspect', '--format', '{{json .Config.Env}}', second);
  expect(JSON.parse(variables)).toContain('PASSWORD=p$ecret');
  expect(workers('service:Ranker')).toHaveLength(2);
  await expect(actions.scale('http', 2, signal)).rejects.toMatchObject({ code: 'engine-rejected' });

  let log = '';
  const logs = new AbortController();
  const following = actions.printOutput(second, {
    ...{ previous: false, tail: 100, signal: logs.signal },
    onOutput: (text) => (log += text),
  });
  following.catch(() => undefined);
  await until('its own output', () => /uvicorn|Embedder/i.test(log));
  logs.abort();
  await expect(following).rejects.toMatchObject({ code: 'cancelled' });

  const described = await actions.describe('service:Embedder', second, signal);
  expect(described).toMatch(/^ +PASSWORD: "\*\*\*"$/m);
  expect(described).toContain(`Name: /${second}`);
  expect(described).not.toContain('p$ecret');

  const same = await registry.compare(id);
  expect(same.planned).toBe(same.running);
  expect(same.notes).toEqual([]);
  expect(same.running).toMatch(/service-ranker:[^]*replicas: 2/);
  await writeFile(`${folder}/.env`, 'PASSWORD=another\nLEVEL=1\n');
  const other = await registry.compare(id);
  expect(other.running).not.toContain('LEVEL');
  expect(other.planned).toContain('LEVEL: ***');
  expect(other.planned).not.toContain('another');
  await writeFile(`${folder}/.env`, 'PASSWORD=another\n');
  expect((await registry.compare(id)).notes.map(({ key }) => key)).toEqual(['composeReplaced']);

  await actions.scale('service:Embedder', 1, signal);
  expect(workers('service:Embedder')).toEqual([`${named('service-embedder', 1)} ready`]);
  await expect(
    actions.printOutput(second, { previous: false, tail: 1, signal, onOutput: () => undefined }),
  ).rejects.toMatchObject({ code: 'not-found' });
  await registry.stop(id);
  expect(await containersOf(folder)).toBe('');
}, 300_000);

it('several containers cannot share a port of this machine, which is reported before anything starts', async () => {
  const { registry, folder } = searchOnCompose({ http: { replicas: 2 } });
  const [{ id } = { id: '' }] = registry.bentos;
  await expect(registry.serve(id)).rejects.toMatchObject({
    ...{ code: 'settings', problem: { setting: 'serveBento.http.replicas' } },
  });
  expect(await containersOf(folder)).toBe('');
}, 120_000);
