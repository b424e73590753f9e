import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnvironmentName } from '../../scripts/environments.mts';
import { postJson } from '../support/answers';
import { processesWith, servingOf } from '../support/processes';
import type { Harness } from '../support/harness';
import { itEach } from '../support/long';
import { testHarness } from '../support/test-harness';
import { urlOf } from '../support/url-of';

const harnesses = testHarness();
const id = 'service.py:svc';

function set(environment: EnvironmentName, settings: object): Harness {
  const sample = 'test/fixtures/bentos/triton';
  const python = harnesses.pythons[environment];
  return harnesses.set({ python, sample, reference: 'service:svc', settings, consent: true });
}

/** Our program in place of Triton's server needs a shell that finds it by its name. */
describe.runIf(process.platform === 'linux')('a Triton runner', () => {
  let bin: string;

  beforeEach(() => {
    bin = mkdtempSync(path.join(os.tmpdir(), 'triton-'));
  });
  afterEach(() => {
    rmSync(bin, { recursive: true, force: true });
  });

  function installTriton(): string {
    const program = path.resolve('test/fixtures/triton/tritonserver.py');
    mkdirSync(bin, { recursive: true });
    const python = harnesses.pythons['bentoml-1.4'];
    const text = `#!/bin/sh\nexec '${python}' '${program}' "$@"\n`;
    writeFileSync(path.join(bin, 'tritonserver'), text, { mode: 0o755 });
    return `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`;
  }

  itEach(
    [['http', 'workers']],
    [
      ['grpc', 'workers'],
      ['http', 'cli'],
    ],
  )('over %s is served by its own program, launcher %s', async (protocol, launcher) => {
    const harness = set('bentoml-1.4', {
      launcher,
      env: { PATH: installTriton(), TRITON: protocol },
      http: { apiWorkers: 1 },
    });
    const bento = await harness.registry.serve(id);
    const runner = bento.components.find((one) => one.id === 'runner:model');
    expect(runner).toMatchObject({ state: 'ready', host: '127.0.0.1' });
    const answer = await postJson(`${urlOf(bento)}/ask`, {});
    expect([answer.status, answer.body]).toEqual([200, '{"name":"not triton"}']);
    const again = await harness.registry.restart(id, 'runner:model');
    expect(again.components.find((one) => one.id === 'runner:model')?.port).toBe(runner?.port);
    await harness.registry.stop(id);
    expect(servingOf(processesWith(bin))).toEqual([]);
  });

  it.each(['bentoml-1.4', 'bentoml-1.0'] as const)(
    'without it is told: %s',
    async (environment) => {
      const harness = set(environment, { env: { PATH: '/usr/bin:/bin' } });
      await expect(harness.registry.serve(id)).rejects.toMatchObject({
        code: 'missing-runner',
        message:
          "model is a Triton runner, and no program tritonserver is on the PATH: install NVIDIA's Triton Inference Server, or add its folder to PATH in serveBento.env.",
      });
    },
  );
});
