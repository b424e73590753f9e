import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EnvironmentName } from '../../scripts/environments.mts';
import type { DebuggedWorker } from '../../src/core/debug/debugged-worker';
import type { Bento } from '../../src/core/model';
import { ask, postJson, type Answer } from '../support/answers';
import { DapClient } from '../support/dap-client';
import { ensureDebugpy } from '../support/debugpy';
import { itEach } from '../support/long';
import type { Harness } from '../support/harness';
import { staysSo } from '../support/pauses';
import { forkServersOf, processesWith, servingOf } from '../support/processes';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { urlOf } from '../support/url-of';

const harnesses = testHarness();

interface Case {
  readonly environment: EnvironmentName;
  readonly sample: string;
  readonly reference: string;
  /** A part of the line where each component stops, by the name of its session. */
  readonly stops: Readonly<Record<string, string>>;
  readonly call: (bento: Bento) => Promise<Answer>;
  readonly settings?: object;
}

const search: Case = {
  environment: 'bentoml-1.4',
  sample: 'samples/search',
  reference: 'service:Search',
  stops: {
    Embedder: 'return [unit_vector(text)',
    Ranker: 'return [round(cosine',
    http: 'scores = self.ranker.rank',
  },
  call: (bento) => postJson(`${urlOf(bento)}/search`, { query: 'rice' }),
};

const shout: Case = {
  environment: 'bentoml-1.1',
  sample: 'samples/shout',
  reference: 'service:svc',
  stops: {
    upper: 'return text.upper()',
    count: 'return len(text.split())',
    http: 'print(f"shouting',
  },
  settings: { http: { apiWorkers: 1 } },
  call: (bento) => ask(`${urlOf(bento)}/shout`, { method: 'POST', body: 'hello there' }),
};

const idOf = ({ reference }: Case): string => {
  const [file = '', name = ''] = reference.split(':');
  return `${file}.py:${name}`;
};

const set = (one: Case, settings: object = {}, consent = false): Harness =>
  harnesses.set({
    consent,
    python: harnesses.pythons[one.environment],
    sample: one.sample,
    reference: one.reference,
    settings: { ...one.settings, ...settings },
  });

const optionsOf = async ({ environment }: Case) => ({
  debugpy: await ensureDebugpy(harnesses.pythons[environment]),
  subProcess: true,
});

/** Attaches the editor's end to a worker, with the breakpoint of its component. */
async function session(
  harness: Harness,
  { stops }: Case,
  worker: DebuggedWorker,
): Promise<DapClient> {
  const file = path.join(harness.folder, 'service.py');
  const text = stops[worker.name];
  if (text === undefined) throw new Error(`${worker.name} has no breakpoint`);
  const line = lineOf(file, text);
  const client = await DapClient.connect(worker.socket);
  const connect = { host: '127.0.0.1', port: 0 };
  await client.attach({ [file]: [line] }, { name: worker.name, connect, justMyCode: true });
  return client;
}

const lineOf = (file: string, text: string): number =>
  readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

/** Sends the request, and lets each session go on from its breakpoint. */
async function stopsAndAnswer(
  { call, stops }: Case,
  bento: Bento,
  harness: Harness,
  clients: ReadonlyMap<string, DapClient>,
): Promise<Answer> {
  const answer = call(bento);
  const file = path.join(harness.folder, 'service.py');
  const hits = [...clients].map(async ([name, client]) => {
    const stopped = await client.event('stopped');
    const { line } = await client.where(stopped);
    // A line with a comprehension is reached again and again.
    await client.request('setBreakpoints', { source: { path: file }, breakpoints: [] });
    await client.goOn(stopped);
    return [name, line] as const;
  });
  const expected = Object.entries(stops).map(([name, text]) => [name, lineOf(file, text)] as const);
  const [answered, ...lines] = await Promise.all([answer, ...hits]);
  expect(Object.fromEntries(lines)).toEqual(Object.fromEntries(expected));
  return answered;
}

const pidsOf = ({ components }: Bento): readonly number[] => components.flatMap(({ pids }) => pids);

const isStarted = ({ warmUp }: { readonly warmUp?: string }): boolean => warmUp === 'off';

describe.skipIf(process.platform === 'win32')('debugging', () => {
  itEach(
    [
      ['class services, forked', search, { warmUp: 'onServe' }],
      ['class services, started', search, { warmUp: 'off' }],
      ['a legacy service with runners', shout, {}],
    ],
    [
      ['class services of BentoML 1.3', { ...search, environment: 'bentoml-1.3' }, {}],
      ['one of BentoML 1.0', { ...shout, environment: 'bentoml-1.0' }, {}],
      ['one of BentoML 1.4', { ...shout, environment: 'bentoml-1.4' }, {}],
    ],
  )('attaches to running workers of %s, which stay', async (_, one, settings) => {
    const harness = set(one, settings);
    const { registry } = harness;
    const served = await registry.serve(idOf(one));
    if (isStarted(settings)) expect(forkServersOf(harness.mark)).toEqual([]);
    const before = await one.call(served);
    const workers = await registry.attachDebugger(idOf(one), undefined, await optionsOf(one));
    expect(workers.map(({ name }) => name).sort()).toEqual(Object.keys(one.stops).sort());
    const clients = new Map<string, DapClient>();
    for (const worker of workers) clients.set(worker.name, await session(harness, one, worker));
    const answer = await stopsAndAnswer(one, served, harness, clients);
    expect([answer.status, answer.body]).toEqual([200, before.body]);
    const after = registry.bento(idOf(one)) ?? served;
    expect(pidsOf(after)).toEqual(pidsOf(served));

    for (const client of clients.values()) await client.detach();
    expect((await one.call(served)).status).toBe(200);
    await registry.stop(idOf(one));
    await until('no process', () => servingOf(processesWith(harness.mark)).length === 0);
  });

  it('stops while the service is imported, and a request may be paused beyond its time limit', async () => {
    const limit = 3;
    const options = { 'services.traffic.timeout': limit };
    const harness = set(search, { warmUp: 'onServe', bentomlConfigOptions: options }, true);
    const { registry } = harness;
    const id = idOf(search);
    const file = path.join(harness.folder, 'service.py');
    const debug = { ...(await optionsOf(search)), components: ['service:Embedder'] };
    const serving = registry.serve(id, { once: { debug } });
    serving.catch(() => undefined);
    const worker = await until(
      'a worker that attaches',
      () => registry.debugger(id)?.workers[0],
      60_000,
    );
    expect(worker.name).toBe('Embedder');

    const imported = lineOf(file, 'Vector = Dict');
    const asked = lineOf(file, 'return [unit_vector(text)');
    const client = await DapClient.connect(worker.socket);
    const connect = { host: '127.0.0.1', port: 0 };
    await client.attach({ [file]: [imported, asked] }, { name: worker.name, connect });
    const first = await client.event('stopped');
    expect((await client.where(first)).line).toBe(imported);
    await client.goOn(first);

    const served = await serving;
    const answer = search.call(served);
    const second = await client.event('stopped');
    const debugging = registry.debugger(id);
    debugging?.setPaused(worker.socket, 'test', true);
    expect(registry.details(id, 'service:Embedder')?.debugging).toBe('paused');
    const isReady = (): boolean => registry.bento(id)?.state === 'ready';
    await staysSo('paused, and no alarm', limit * 1000 + 2000, isReady);
    await client.request('setBreakpoints', { source: { path: file }, breakpoints: [] });
    await client.goOn(second);
    debugging?.setPaused(worker.socket, 'test', false);
    expect((await answer).status).toBe(200);

    // One that is paused again ends at once with its bento.
    await client.request('setBreakpoints', {
      source: { path: file },
      breakpoints: [{ line: asked }],
    });
    const unanswered = search.call(served).catch(() => undefined);
    await client.event('stopped');
    await registry.stop(id);
    await unanswered;
    expect(servingOf(processesWith(harness.mark))).toEqual([]);
  }, 120_000);

  it('says why nothing can be debugged with the launcher cli, and serves on', async () => {
    const harness = set(search, { launcher: 'cli' });
    const { registry } = harness;
    const served = await registry.serve(idOf(search));
    const attached = registry.attachDebugger(idOf(search), undefined, await optionsOf(search));
    await expect(attached).rejects.toMatchObject({ code: 'debugger' });
    await expect(attached).rejects.toThrow('launcher "cli"');
    expect((await search.call(served)).status).toBe(200);
  }, 120_000);
});
