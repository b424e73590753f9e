import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlanCache } from '../../../src/core/plan/plan-cache';
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

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

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
});
