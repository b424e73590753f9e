import { cpSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { mappingOfBuilt } from '../../src/core/debug/built-sources';
import type { DebuggedWorker } from '../../src/core/debug/debugged-worker';
import type { Bento } from '../../src/core/model';
import { postJson } from '../support/answers';
import { callShout } from '../support/call-grpc';
import { DapClient } from '../support/dap-client';
import { ensureDebugpy } from '../support/debugpy';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { urlOf } from '../support/url-of';

const harnesses = testHarness();
const connect = { host: '127.0.0.1', port: 0 };

const lineOf = (file: string, text: string): number =>
  readFileSync(file, 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(text)) + 1;

async function debugged(settings: object = {}) {
  const python = harnesses.pythons['bentoml-1.4'];
  const harness = harnesses.set({
    ...{ python, settings, sample: 'test/fixtures/bentos/debugged', reference: 'service:Debugged' },
  });
  const id = 'service.py:Debugged';
  const bento = await harness.registry.serve(id);
  const options = { debugpy: await ensureDebugpy(python), subProcess: true };
  const [worker] = await harness.registry.attachDebugger(id, undefined, options);
  if (worker === undefined) throw new Error('No worker is attached.');
  return { ...harness, id, worker, ask: (api: string) => postJson(`${urlOf(bento)}/${api}`, {}) };
}

async function session(
  { socket, name }: Pick<DebuggedWorker, 'socket' | 'name'>,
  breakpoints: Readonly<Record<string, readonly number[]>>,
  configuration: object = {},
): Promise<DapClient> {
  const client = await DapClient.connect(socket);
  await client.attach(breakpoints, { name, connect, justMyCode: true, ...configuration });
  return client;
}

describe.skipIf(process.platform === 'win32')('a worker that is debugged', () => {
  it('stops at an exception, and in a process that it has started', async () => {
    const { worker, folder, ask } = await debugged();
    const service = path.join(folder, 'service.py');
    const child = path.join(folder, 'child.py');
    const client = await session(worker, {});
    await client.request('setExceptionBreakpoints', { filters: ['raised'] });
    const failing = ask('fails');
    const raised = await client.event('stopped');
    expect(raised.body).toMatchObject({ reason: 'exception' });
    expect((await client.where(raised)).line).toBe(lineOf(service, 'raise LookupError'));
    await client.request('setExceptionBreakpoints', { filters: [] });
    await client.goOn(raised);
    expect((await failing).body).toContain('on purpose');

    const answer = ask('child');
    const { arguments: asked } = await client.reverse('startDebugging');
    const configuration = asked?.['configuration'] as object;
    // The editor connects to the same debug adapter.
    expect(configuration).toMatchObject({ subProcessId: expect.any(Number) as number });
    const line = lineOf(child, 'print(answer)');
    const second = await session(worker, { [child]: [line] }, configuration);
    const stopped = await second.event('stopped');
    expect((await second.where(stopped)).line).toBe(line);
    await second.goOn(stopped);
    expect((await answer).body).toContain('from the child');
  }, 120_000);

  it('is replaced by one that is debugged too when it is killed while paused', async () => {
    const { registry, worker, folder, ask, id } = await debugged();
    const file = path.join(folder, 'service.py');
    const breakpoints = { [file]: [lineOf(file, 'return 42')] };
    const client = await session(worker, breakpoints);
    const unanswered = ask('answer').catch(() => undefined);
    await client.event('stopped');
    registry.debugger(id)?.setPaused(worker.socket, 'test', true);
    process.kill(worker.pid, 'SIGKILL');
    await unanswered;
    const next = await until(
      'the next worker',
      () => registry.debugger(id)?.workers.find(({ pid }) => pid !== worker.pid),
      60_000,
    );
    const again = await session(next, breakpoints);
    await until('it to be ready', () => registry.bento(id)?.state === 'ready', 30_000);
    const answer = ask('answer');
    const stopped = await again.event('stopped');
    expect((await again.where(stopped)).line).toBe(breakpoints[file]?.[0]);
    await again.goOn(stopped);
    expect((await answer).body).toBe('42');
  }, 120_000);

  it('stops at a breakpoint in the sources that a built bento was made from', async () => {
    const { worker, folder, ask } = await debugged();
    const sources = `${folder}-sources`;
    cpSync(folder, sources, { recursive: true });
    onTestFinished(() => rmSync(sources, { recursive: true }));
    const pathMappings = await mappingOfBuilt(folder, [sources]);
    const file = path.join(sources, 'service.py');
    const line = lineOf(file, 'return 42');
    const client = await session(worker, { [file]: [line] }, { pathMappings });
    const answer = ask('answer');
    const stopped = await client.event('stopped');
    expect(await client.where(stopped)).toMatchObject({ line, file });
    await client.goOn(stopped);
    expect((await answer).body).toBe('42');
  }, 120_000);

  const overGrpc = async (apiWorkers: number) => {
    const python = harnesses.pythons['bentoml-1.4'];
    const settings = { grpc: { enabled: true, apiWorkers } };
    const sample = { sample: 'samples/shout', reference: 'service:svc' };
    const harness = harnesses.set({ python, settings, ...sample });
    const options = { debugpy: await ensureDebugpy(python), subProcess: false };
    const file = path.join(harness.folder, 'service.py');
    const line = lineOf(file, 'print(f"shouting');
    /** Sends a request, which one of the workers stops for. */
    const stops = async (serving: Bento | Promise<Bento>, workers: readonly DebuggedWorker[]) => {
      const clients = await Promise.all(
        workers.map((worker) => session(worker, { [file]: [line] })),
      );
      const { components } = await serving;
      const port = components.find(({ id }) => id === 'grpc')?.port ?? 0;
      const answer = callShout(`127.0.0.1:${port}`, 'v1', 'some words');
      const hits = clients.map(async (client) => ({
        client,
        stopped: await client.event('stopped'),
      }));
      const { client, stopped } = await Promise.any(hits);
      expect((await client.where(stopped)).line).toBe(line);
      await client.goOn(stopped);
      expect(await answer).toContain('SOME WORDS');
      for (const one of clients) await one.detach();
      await Promise.allSettled(hits);
    };
    return { ...harness, id: 'service.py:svc', options, stops };
  };

  it('stops for a request over gRPC when it is debugged from its start', async () => {
    const { registry, id, options, stops } = await overGrpc(2);
    const debug = { ...options, components: ['grpc'] };
    const serving = registry.serve(id, { once: { debug } });
    const debuggedWorkers = () => registry.debugger(id)?.workers ?? [];
    await until('a worker', () => debuggedWorkers()[0], 60_000);
    await stops(serving, debuggedWorkers());
  }, 120_000);

  it('stops for a request over gRPC when it is debugged while it runs, and again', async () => {
    const { registry, id, options, stops } = await overGrpc(2);
    const bento = await registry.serve(id);
    for (const _ of ['once', 'again']) {
      const workers = await registry.attachDebugger(id, 'grpc', options);
      // Each may get the request. The metrics server is not debugged.
      expect(workers.map(({ name }) => name)).toEqual(['grpc', 'grpc #2']);
      await stops(bento, workers);
      await registry.debugger(id)?.detach();
    }
    const pids = (one = bento) => one.components.map((component) => component.pids);
    expect(pids(registry.bento(id))).toEqual(pids());
  }, 120_000);
});
