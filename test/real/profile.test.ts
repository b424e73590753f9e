import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { postJson } from '../support/answers';
import { testHarness } from '../support/test-harness';
import { urlOf } from '../support/url-of';

const harnesses = testHarness({ sharesHelpers: true });

const profile = z.object({
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() }),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});

const never = new AbortController().signal;

describe.skipIf(process.platform === 'win32')('a running worker', () => {
  const serve = async () => {
    const python = harnesses.pythons['bentoml-1.4'];
    const sample = 'test/fixtures/bentos/profiled';
    const set = harnesses.set({ python, sample, reference: 'service:Profiled' });
    const url = urlOf(await set.registry.serve('service.py:Profiled'));
    return { ...set, url };
  };

  it('is profiled while it answers: the busy function is the hottest, and the process stays', async () => {
    const { registry, folder, url } = await serve();
    const id = 'service.py:Profiled';
    const [worker] = registry.workers(id, undefined, 'profile');
    if (worker === undefined) throw new Error('there is no worker');
    const results = mkdtempSync(path.join(os.tmpdir(), 'profiles-'));
    const file = path.join(results, 'x.cpuprofile');
    try {
      let answer: ReturnType<typeof postJson> | undefined;
      const onBegin = (): void => void (answer = postJson(`${url}/compute`, { seconds: 2 }));
      await registry.profile(id, worker, { seconds: 2, file, signal: never, onBegin });
      expect(await answer).toMatchObject({ status: 200, body: String(worker.pid) });

      const { nodes, samples, timeDeltas } = profile.parse(JSON.parse(readFileSync(file, 'utf8')));
      const spent = new Map<string, number>();
      for (const [index, sample] of samples.entries()) {
        const { callFrame } = nodes.find((node) => node.id === sample) ?? {};
        const { functionName = '', url: source = '' } = callFrame ?? {};
        const key = `${functionName} ${source}`;
        spent.set(key, (spent.get(key) ?? 0) + (timeDeltas[index + 1] ?? 0));
      }
      spent.delete('(idle) ');
      const [hottest] = [...spent].sort(([, a], [, b]) => b - a);
      expect(hottest?.[0]).toBe(`busy file://${path.join(folder, 'service.py')}`);

      const cancel = new AbortController();
      const cancelled = registry.profile(id, worker, {
        ...{ seconds: 60, file: `${file}2`, signal: cancel.signal },
        onBegin: () => cancel.abort(),
      });
      await expect(cancelled).rejects.toMatchObject({ problem: { code: 'cancelled' } });
      expect(registry.workers(id, undefined, 'profile')).toEqual([worker]);
      expect(readdirSync(results)).toEqual(['x.cpuprofile']);
    } finally {
      rmSync(results, { recursive: true });
    }
  }, 120_000);

  it('shows its stacks when its main thread hangs and keeps the interpreter', async () => {
    const { registry, folder, url } = await serve();
    const id = 'service.py:Profiled';
    const workers = registry.workers(id, 'http', 'stacks');
    const [worker] = workers;
    if (worker === undefined) throw new Error('there is no worker');
    // It answers only when it has ended.
    const answer = postJson(`${url}/hang`, {}).catch((error: unknown) => error);
    const main = async () => {
      const [dump] = await registry.dumpStacks(id, workers, never);
      return dump?.threads.find(({ isMain }) => isMain)?.frames[0];
    };
    let hanging = await main();
    while (hanging?.name !== 'hang') hanging = await main();
    expect(hanging).toMatchObject({ file: path.join(folder, 'service.py'), name: 'hang' });
    process.kill(worker.pid, 'SIGKILL');
    await answer;
    await registry.stop(id);
    const after = (): unknown => registry.workers(id, 'http', 'stacks');
    expect(after).toThrow('is not served');
  }, 120_000);
});
