import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PlanCache } from '../../../src/core/plan/plan-cache';
import { StoredPlans } from '../../../src/core/plan/stored-plans';
import type { Plan } from '../../../src/core/plan/plan';

describe('kept plans', () => {
  let folder: string;
  let service: string;
  let buildFile: string;
  let asked: number;

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'plan-cache-'));
    service = path.join(folder, 'service.py');
    buildFile = path.join(folder, 'bentofile.yaml');
    writeFileSync(service, 'one');
    asked = 0;
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20 }));

  const ask = (sources?: readonly string[]) => (): Promise<Plan> => {
    asked++;
    return Promise.resolve({
      bentomlVersion: '1.4.38',
      generation: 'service',
      workingDir: folder,
      name: 'x',
      components: [],
      unavailable: [],
      requested: {},
      ...(sources === undefined ? {} : { sources }),
    });
  };

  it('hold while nothing changes', async () => {
    const plans = new PlanCache();
    const first = await plans.planFor('q', ask([service, buildFile]));
    expect(await plans.planFor('q', ask([service, buildFile]))).toBe(first);
    expect(asked).toBe(1);
  });

  it.each([
    ['a file that made them changes', () => writeFileSync(service, 'two')],
    ['a file that made them is removed', () => rmSync(service)],
    ['a build file comes to be', () => writeFileSync(buildFile, 'service: x')],
  ])('are asked for again when %s', async (_, change) => {
    const plans = new PlanCache();
    await plans.planFor('q', ask([service, buildFile]));
    change();
    await plans.planFor('q', ask([service, buildFile]));
    expect(asked).toBe(2);
  });

  it('are asked for again when the question is another', async () => {
    const plans = new PlanCache();
    await plans.planFor({ workers: 1 }, ask([service]));
    await plans.planFor({ workers: 2 }, ask([service]));
    expect(asked).toBe(2);
  });

  it('are asked for each time when asking deploys', async () => {
    const plans = new PlanCache();
    await plans.planFor('q', ask());
    await plans.planFor('q', ask());
    expect(asked).toBe(2);
  });

  it('are forgotten when they led to nothing', async () => {
    const plans = new PlanCache();
    plans.forget(await plans.planFor('q', ask([service])));
    await plans.planFor('q', ask([service]));
    expect(asked).toBe(2);
  });

  describe('of an earlier window', () => {
    const window = () => {
      const store = new StoredPlans(path.join(folder, 'plans'));
      return new PlanCache(() => Promise.resolve(store));
    };
    const lasting = { asked: 'the same', secrets: ['open sesame'] };

    /** Plans are written after they were given. */
    const stored = (count = 1) =>
      vi.waitFor(() => expect(readdirSync(path.join(folder, 'plans'))).toHaveLength(count));

    const inEarlierWindow = async (plan: Partial<Plan> = {}): Promise<Plan> => {
      const made = async () => ({ ...(await ask([service, buildFile])()), ...plan });
      return window().planFor('q', made, lasting);
    };

    it('are used, and unverified until BentoML has said the same', async () => {
      const made = await inEarlierWindow();
      await stored();
      const plans = window();
      const plan = await plans.planFor('another session', ask([service]), lasting);
      expect([plan, asked, plans.isUnverified(plan)]).toEqual([made, 1, true]);
      await plans.renew(plan, made);
      expect([plans.isUnverified(plan), plans.isUnverified(made)]).toEqual([false, false]);
      expect(await plans.planFor('another session', ask(), lasting)).toBe(made);
    });

    it.each<[string, () => unknown]>([
      ['a file that made them has changed', () => writeFileSync(service, 'two')],
      ['a build file came to be', () => writeFileSync(buildFile, 'service: x')],
      [
        'they are of another version',
        () => {
          const [file = ''] = readdirSync(path.join(folder, 'plans'));
          writeFileSync(path.join(folder, 'plans', file), '{"digest": "", "plan": {}}');
        },
      ],
    ])('are asked for again when %s', async (_, change) => {
      await inEarlierWindow();
      await stored();
      change();
      const plans = window();
      const plan = await plans.planFor('q', ask([service, buildFile]), lasting);
      expect([asked, plans.isUnverified(plan)]).toEqual([2, false]);
    });

    it('are asked for again when the question is another', async () => {
      await inEarlierWindow();
      await stored();
      await window().planFor('q', ask([service]), { ...lasting, asked: 'another one' });
      expect(asked).toBe(2);
    });

    it.each<[string, Partial<Plan>]>([
      ['has a secret', { name: 'with open sesame in it' }],
      ['has a component that is not available', { unavailable: [unavailable] }],
    ])('are in memory only where one %s', async (_, plan) => {
      await inEarlierWindow();
      await stored();
      const plans = window();
      const before = await plans.planFor('q', ask([service]), lasting);
      await plans.renew(before, { ...before, ...plan });
      await stored(0);
    });

    it('are forgotten when they led to nothing, or when asking deploys', async () => {
      await inEarlierWindow();
      await stored();
      let plans = window();
      plans.forget(await plans.planFor('q', ask([service]), lasting));
      await stored(0);
      await inEarlierWindow();
      await stored();
      plans = window();
      const { sources: _, ...deployed } = await plans.planFor('q', ask(), lasting);
      await plans.renew(await plans.planFor('q', ask(), lasting), deployed);
      await stored(0);
      await plans.planFor('q', ask(), lasting);
      expect(asked).toBe(3);
    });
  });
});

const unavailable: Plan['unavailable'][number] = {
  ...{ id: 'grpc', kind: 'grpc', name: 'grpc' },
  problem: { code: 'grpc-unavailable', message: 'It cannot be served.' },
};
