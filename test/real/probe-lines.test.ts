import { expect, it } from 'vitest';
import type { EnvironmentName } from '../../scripts/environments.mts';
import { byId } from '../../src/core/by-id';
import { callShout } from '../support/call-grpc';
import { moment } from '../support/pauses';
import { until } from '../support/until';
import { testHarness } from '../support/test-harness';

const ownLogging = {
  sample: 'test/fixtures/bentos/own-logging',
  reference: 'service:Logs',
  id: 'service.py:Logs',
} as const;
const shout = { sample: 'samples/shout', reference: 'service:svc', id: 'service.py:svc' } as const;

const intervalMs = 500;
const forked = { launcher: 'workers', warmUp: 'onServe' } as const;
const started = { launcher: 'workers', warmUp: 'off' } as const;
const withCli = { launcher: 'cli', warmUp: 'off' } as const;

const harnesses = testHarness({ sharesHelpers: true });

/** Both generations, and each way in which workers are run. */
const cases: readonly (readonly [
  string,
  EnvironmentName,
  typeof ownLogging | typeof shout,
  object,
])[] = [
  ['a class service with a format of its own, forked', 'bentoml-1.4', ownLogging, forked],
  ['the same with the launcher cli', 'bentoml-1.3', ownLogging, withCli],
  ['a service with runners and gRPC, forked', 'bentoml-1.4', shout, forked],
  ['a service with runners and gRPC, started', 'bentoml-1.1', shout, started],
];

it.each(cases)(
  'no access log has our probes: %s (%s)',
  async (_, environment, { id, ...bento }, settings) => {
    const { registry } = harnesses.set({
      ...bento,
      python: harnesses.pythons[environment],
      settings: {
        ...settings,
        grpc: { enabled: bento.reference === shout.reference },
        health: { interval: intervalMs / 1000 },
      },
    });
    const components = (await registry.serve(id)).components;
    const http = byId(components, 'http');
    const grpc = byId(components, 'grpc');
    const latency = (): number | undefined =>
      byId(registry.bento(id)?.components ?? [], 'http')?.latencyMs;
    const before = latency();
    await until('that it was probed again', () => latency() !== before);
    // Components on private sockets report no latency. They are probed as often.
    await moment(3 * intervalMs);
    // As our probes ask, and yet not one of them.
    await fetch(`${http?.url ?? ''}/livez`);
    if (grpc !== undefined) await callShout(`127.0.0.1:${grpc.port ?? 0}`, 'v1', 'hello');
    const output = (component: string): string =>
      registry.details(id, component)?.output.text() ?? '';
    await expect.poll(() => output('http'), { timeout: 10_000 }).toContain('/livez');
    if (grpc !== undefined) {
      await expect.poll(() => output('grpc'), { timeout: 10_000 }).toContain('BentoService/Call');
    }
    // What is not ready yet says so, and that is shown.
    const succeeded = (line: string): boolean =>
      /readyz|grpc\.health/.test(line) && !/\b503\b/.test(line);
    for (const component of components) {
      expect(output(component.id).split('\n').filter(succeeded)).toEqual([]);
    }
  },
);
