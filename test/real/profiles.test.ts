import { describe, expect, it } from 'vitest';
import type { Bento, Component } from '../../src/core/model';
import { testHarness } from '../support/test-harness';

const harnesses = testHarness({ sharesHelpers: true });
const id = 'service.py:Search';

const componentById = (bento: Bento | undefined, wanted: string): Component | undefined =>
  bento?.components.find((one) => one.id === wanted);

describe('profiles', () => {
  it('are other settings of the same bento, remembered from serve to serve', async () => {
    const { registry } = harnesses.set({
      python: harnesses.pythons['bentoml-1.4'],
      sample: 'samples/search',
      reference: 'service:Search',
      settings: {
        http: { apiWorkers: 1 },
        profiles: {
          'load test': { http: { apiWorkers: 2 } },
          ports: { runners: { Ranker: { host: '127.0.0.1' } } },
        },
      },
    });
    const pids = (): number | undefined => componentById(registry.bento(id), 'http')?.pids.length;
    expect(registry.profiles(id)).toEqual({ names: ['load test', 'ports'] });
    await registry.serve(id);
    expect(pids()).toBe(1);

    registry.chooseProfile(id, 'load test');
    await expect.poll(() => registry.drift(id), { timeout: 10_000 }).toBe('settings');
    const bento = await registry.restart(id);
    expect([bento.profile, pids()]).toEqual(['load test', 2]);
    await registry.stop(id);
    await registry.serve(id);
    expect(pids()).toBe(2);

    await registry.stop(id);
    const other = await registry.serve(id, { profile: 'ports' });
    expect(componentById(other, 'service:Ranker')).toMatchObject({ host: '127.0.0.1' });
    expect([other.profile, pids()]).toEqual(['ports', 1]);

    await expect(registry.serve(id, { profile: 'none' })).rejects.toMatchObject({
      code: 'settings',
      message:
        'search has no profile none; there are load test, ports: choose another one, or add it to serveBento.profiles.',
    });
  });
});
