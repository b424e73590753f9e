import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironments, type EnvironmentName } from '../../scripts/environments.mts';
import type { Bento } from '../../src/core/model';
import { ask, postJson, servedByBentoml } from '../support/bentoml-serve';
import { templatesOf } from '../support/processes';
import { setStage, type Stage } from '../support/stage';

const sample = 'test/fixtures/bentos/wide-legacy';
const reference = 'service:svc';
const id = 'service.py:svc';

let pythons: Record<EnvironmentName, string>;
let stage: Stage | undefined;

beforeAll(async () => {
  pythons = await ensureEnvironments();
}, 600_000);

afterEach(async () => {
  await stage?.dispose();
  stage = undefined;
});

const set = (environment: EnvironmentName, settings: object = {}): Stage =>
  (stage = setStage({
    ...{ python: pythons[environment], sample, reference },
    settings: { http: { apiWorkers: 1 }, ...settings },
  }));

const urlOf = ({ components }: Bento): string =>
  components.find(({ kind }) => kind === 'http')?.url ?? '';

/** One answer to everything that a client can ask. */
async function answers(url: string): Promise<Readonly<Record<string, unknown>>> {
  const all = {
    json: await postJson(`${url}/echo`, { number: 21, text: 'ab' }),
    text: await ask(`${url}/text`, { method: 'POST', body: 'some words' }),
    file: await ask(`${url}/upload`, { method: 'POST', body: 'some bytes' }),
    wrongInput: await ask(`${url}/echo`, { method: 'POST', body: '{' }),
    refused: await postJson(`${url}/fail`, { how: 'argument' }),
    failed: await postJson(`${url}/fail`, { how: 'otherwise' }),
    missing: await ask(`${url}/nowhere`),
    api: await ask(`${url}/docs.json`),
    ready: await ask(`${url}/readyz`),
  };
  const metrics = (await ask(`${url}/metrics`)).body.split('\n');
  // Of what `bentoml serve` was asked too.
  const counted = metrics.filter((line) => /request_total\{(?!.*(?:know|facts))/.test(line));
  return { ...all, metrics: counted.map((line) => line.replace(/ [\d.]+$/, '')).sort() };
}

describe.runIf(process.platform === 'linux')('workers of legacy services that are forked', () => {
  it.each(['bentoml-1.4', 'bentoml-1.3', 'bentoml-1.1', 'bentoml-1.0'] as const)(
    'answer as those of bentoml serve do, and know of themselves what those know that are started, with %s',
    async (environment) => {
      const theirs = await servedByBentoml(
        { python: pythons[environment], sample, reference },
        answers,
      );
      const started = set(environment, { warmUp: 'off' });
      const known = await postJson(`${urlOf(await started.registry.serve(id))}/know`, {});
      expect(known.status).toBe(200);
      expect(templatesOf(started.mark)).toEqual([]);
      await started.dispose();

      const { registry, folder, log, mark } = set(environment);
      const url = urlOf(await registry.serve(id));
      expect(templatesOf(mark)).toHaveLength(1);
      expect(log.lines.filter((line) => line.includes('not forked'))).toEqual([]);
      // First, as what is asked starts threads.
      expect(JSON.parse((await postJson(`${url}/know`, {})).body)).toEqual(JSON.parse(known.body));
      expect(await answers(url)).toEqual(theirs);
      const chances = [await postJson(`${url}/chance`, {}), await postJson(`${url}/chance`, {})];
      expect(new Set(chances.map(({ body }) => body)).size).toBe(2);
      await registry.stop(id);
      expect(existsSync(path.join(folder, 'shut'))).toBe(true);
    },
  );
});
