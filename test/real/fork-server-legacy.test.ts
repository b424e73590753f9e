import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EnvironmentName } from '../../scripts/environments.mts';
import type { Bento } from '../../src/core/model';
import { ask, postJson } from '../support/answers';
import { askBentoml } from '../support/bentoml-serve';
import { callShout } from '../support/call-grpc';
import { itEach } from '../support/long';
import { forkServersOf } from '../support/processes';
import type { Harness } from '../support/harness';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { urlOf } from '../support/url-of';

const sample = 'test/fixtures/bentos/wide-legacy';
const reference = 'service:svc';
const id = 'service.py:svc';

const harnesses = testHarness();

const set = (environment: EnvironmentName, settings: object = {}): Harness =>
  harnesses.set({
    ...{ python: harnesses.pythons[environment], sample, reference },
    settings: { http: { apiWorkers: 1 }, runners: { alone: { workers: 2 } }, ...settings },
  });

/** One answer to everything that a client can ask. */
async function answers(url: string): Promise<Readonly<Record<string, unknown>>> {
  const all = {
    json: await postJson(`${url}/echo`, { number: 21, text: 'ab' }),
    text: await ask(`${url}/shout`, { method: 'POST', body: 'some words' }),
    stream: await ask(`${url}/count`, { method: 'POST', body: '3' }),
    file: await ask(`${url}/upload`, { method: 'POST', body: 'some bytes' }),
    wrongInput: await ask(`${url}/echo`, { method: 'POST', body: '{' }),
    refused: await postJson(`${url}/fail`, { how: 'argument' }),
    failed: await postJson(`${url}/fail`, { how: 'otherwise' }),
    missing: await ask(`${url}/nowhere`),
    api: await ask(`${url}/docs.json`),
    ready: await ask(`${url}/readyz`),
  };
  const metrics = (await ask(`${url}/metrics`)).body.split('\n');
  // How often it was probed differs, and what processes were asked about themselves.
  const counted = metrics.filter((line) =>
    /request_total\{(?!.*(?:know|facts|livez|readyz|metrics))/.test(line),
  );
  return { ...all, metrics: counted.sort() };
}

/** What the processes know of themselves: the API server, and each of the runners' workers. */
async function knowledge(bento: Bento, folder: string): Promise<readonly unknown[]> {
  const { status, body } = await postJson(`${urlOf(bento)}/know`, {});
  expect(status, body).toBe(200);
  const files = [1, 2].map((index) => path.join(folder, `alone-${index}`));
  // A runner is ready with its first worker.
  await until('both workers', () => files.every((file) => existsSync(file)) || undefined, 30_000);
  const alone = files.map((file) => readFileSync(file, 'utf8'));
  return [body, ...alone].map((text) => JSON.parse(text) as unknown);
}

async function answerOverGrpc({ components }: Bento): Promise<string> {
  const { host = '', port = 0 } = components.find(({ kind }) => kind === 'grpc') ?? {};
  return callShout(`${host}:${port}`, 'v1', 'some words');
}

describe.runIf(process.platform === 'linux')('workers of legacy services that are forked', () => {
  itEach([['bentoml-1.4'], ['bentoml-1.0']], [['bentoml-1.3'], ['bentoml-1.1']])(
    'answer as those of bentoml serve do, and know of themselves what those know that are started, with %s',
    async (environment) => {
      const python = harnesses.pythons[environment];
      const theirs = await askBentoml({ python, sample, reference }, answers);
      const started = set(environment, { warmUp: 'off', health: { interval: 0.5 } });
      const asStarted = await started.registry.serve(id);
      const known = await knowledge(asStarted, started.folder);
      expect(forkServersOf(started.mark)).toEqual([]);
      await postJson(`${urlOf(asStarted)}/fail`, { how: 'otherwise' });
      const counted = (): number | undefined => started.registry.details(id, 'http')?.recentErrors;
      await expect.poll(counted, { timeout: 10_000 }).toBe(1);
      await started.dispose();

      const { registry, folder, log, mark } = set(environment, { health: { interval: 0.5 } });
      const bento = await registry.serve(id);
      const url = urlOf(bento);
      expect(forkServersOf(mark)).toHaveLength(1);
      expect(log.lines.filter((line) => line.includes('not forked'))).toEqual([]);
      // First, as what is asked starts threads.
      expect(await knowledge(bento, folder)).toEqual(known);
      expect(await answers(url)).toEqual(theirs);
      const errors = (): number | undefined => registry.details(id, 'http')?.recentErrors;
      await expect.poll(errors, { timeout: 10_000 }).toBe(1);
      const chances = [await postJson(`${url}/chance`, {}), await postJson(`${url}/chance`, {})];
      expect(new Set(chances.map(({ body }) => body)).size).toBe(2);
      await registry.stop(id);
      expect(existsSync(path.join(folder, 'shut'))).toBe(true);
    },
  );

  itEach([['bentoml-1.4']], [['bentoml-1.1'], ['bentoml-1.0']])(
    'answer over gRPC as those do that are started, and are asked to end as those are, with %s',
    async (environment) => {
      const grpc = { enabled: true };
      const started = set(environment, { warmUp: 'off', grpc });
      const theirs = await answerOverGrpc(await started.registry.serve(id));
      expect(theirs).toContain('SOME WORDS');
      await started.dispose();

      const { registry, folder, log } = set(environment, { grpc });
      const bento = await registry.serve(id);
      expect(log.lines.filter((line) => line.includes('not forked'))).toEqual([]);
      expect(await answerOverGrpc(bento)).toBe(theirs);
      const again = await registry.restart(id, 'grpc');
      expect(readFileSync(path.join(folder, 'asked'), 'utf8')).toBe('politely');
      expect(await answerOverGrpc(again)).toBe(theirs);
    },
  );

  it('are started where only BentoML could say what they are, and the log says why', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'unknown-'));
    try {
      cpSync(path.join(sample, 'service.py'), path.join(folder, 'main.py'));
      const python = harnesses.pythons['bentoml-1.4'];
      const { registry, log } = harnesses.set({ python, sample: folder, reference: 'main:svc' });
      expect(await registry.serve(id)).toMatchObject({ generation: 'legacy', state: 'ready' });
      expect(log.lines.join('\n')).toMatch(/not forked: .* class services need, .* with runners/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
