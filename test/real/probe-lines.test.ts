import { expect, it } from 'vitest';
import { testStage } from '../support/test-stage';

const stages = testStage();

it.runIf(process.platform === 'linux')(
  'the access log of a forked worker has no line of our probes, whatever format the service logs in',
  async () => {
    const { registry } = stages.set({
      python: stages.pythons['bentoml-1.4'],
      sample: 'test/fixtures/bentos/own-logging',
      reference: 'service:Logs',
      settings: { health: { interval: 0.5 } },
    });
    const id = 'service.py:Logs';
    const [http] = (await registry.serve(id)).components;
    const probed = (): number | undefined => registry.bento(id)?.components[0]?.latencyMs;
    const before = probed();
    // As our probes ask, and yet not one of them.
    await fetch(`${http?.url ?? ''}/livez`);
    await expect.poll(probed, { timeout: 30_000 }).not.toBe(before);
    const lines = (): string =>
      registry.details(id, 'http')?.output.text().replaceAll(/\r?\n/g, '\n') ?? '';
    await expect.poll(lines, { timeout: 10_000 }).toContain('/livez');
    expect(lines().match(/"logger": "(?:bentoml|uvicorn)\.access"/g)).toHaveLength(1);
    expect(lines()).not.toContain('/readyz');
  },
);
