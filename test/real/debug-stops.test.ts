import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DebuggedWorker } from '../../src/core/debug/debugged-worker';
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

  // Attached to a gRPC server that runs already, the same breakpoint is not hit (BentoML 1.4.38, Python 3.11).
  it('stops for a request over gRPC when it is debugged from its start', async () => {
    const python = harnesses.pythons['bentoml-1.4'];
    const settings = { grpc: { enabled: true } };
    const { registry, folder } = harnesses.set({
      ...{ python, settings, sample: 'samples/shout', reference: 'service:svc' },
    });
    const id = 'service.py:svc';
    const debug = { debugpy: await ensureDebugpy(python), subProcess: false, components: ['grpc'] };
    const serving = registry.serve(id, { once: { debug } });
    const worker = await until('a worker', () => registry.debugger(id)?.workers[0], 60_000);
    const file = path.join(folder, 'service.py');
    const line = lineOf(file, 'print(f"shouting');
    const client = await session(worker, { [file]: [line] });
    const bento = await serving;
    const port = bento.components.find((one) => one.id === 'grpc')?.port ?? 0;
    const answer = callShout(`127.0.0.1:${port}`, 'v1', 'some words');
    const stopped = await client.event('stopped');
    expect((await client.where(stopped)).line).toBe(line);
    await client.goOn(stopped);
    expect(await answer).toContain('SOME WORDS');
  }, 120_000);
});
