import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { postJson } from '../support/answers';
import { DapClient } from '../support/dap-client';
import { ensureDebugpy } from '../support/debugpy';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';
import { urlOf } from '../support/url-of';

const harnesses = testHarness();

it.skipIf(process.platform === 'win32')(
  'a debugger that has gone leaves no trace function and no hold on processes, and another one may come',
  async () => {
    const python = harnesses.pythons['bentoml-1.4'];
    const sample = 'test/fixtures/bentos/traced';
    const { registry, folder } = harnesses.set({ python, sample, reference: 'service:Traced' });
    const id = 'service.py:Traced';
    const url = urlOf(await registry.serve(id));
    // Several threads of the pool.
    const asked = ['in_loop', ...Array<string>(4).fill('in_pool')];
    const traced = async (): Promise<readonly unknown[]> => {
      const answers = await Promise.all(asked.map((api) => postJson(`${url}/${api}`, {})));
      return answers.map(({ body }) => JSON.parse(body) as unknown);
    };
    const none = asked.map(() => false);
    expect(await traced()).toEqual(none);

    const file = path.join(folder, 'service.py');
    const line = 1 + readFileSync(file, 'utf8').split('\n').indexOf('        return is_traced()');
    for (const _ of ['once', 'again']) {
      const [worker] = await registry.attachDebugger(id, undefined, {
        debugpy: await ensureDebugpy(python),
        subProcess: true,
      });
      if (worker === undefined) throw new Error('No worker is attached.');
      const client = await DapClient.connect(worker.socket);
      const connect = { host: '127.0.0.1', port: 0 };
      await client.attach({ [file]: [line] }, { name: 'test', connect, justMyCode: true });
      const answer = postJson(`${url}/in_pool`, {});
      const stopped = await client.event('stopped');
      expect((await client.where(stopped)).line).toBe(line);
      await client.goOn(stopped);
      expect((await answer).status).toBe(200);
      await client.detach();
      await registry.debugger(id)?.detach();
      await until('no thread is traced', async () => {
        const found = await traced();
        return found.every((one) => one === false) || undefined;
      });
      expect(await traced()).toEqual(none);
      const codes = await postJson(`${url}/starts_processes`, {});
      expect(JSON.parse(codes.body)).toEqual([0, 0, 0]);
    }
  },
  120_000,
);
