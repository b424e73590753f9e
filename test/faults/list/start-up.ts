import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import type { Fault } from '../fault.ts';
import { init, place, refused, replaced } from '../steps.ts';

export const startUpFaults: readonly Fault[] = [
  {
    number: 2,
    fault: 'a configured port is taken',
    expected: 'failed, naming the port and its owner',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      const owner = net.createServer().listen(0, '127.0.0.1');
      try {
        await once(owner, 'listening');
        const { port } = owner.address() as net.AddressInfo;
        await scene.settings({ 'http.port': port });
        return await refused(scene, id, 'port-in-use', `${port}`, `pid ${process.pid}`);
      } finally {
        owner.close();
      }
    },
  },
  {
    number: 11,
    fault: 'an import fails',
    expected: 'failed, naming the module and the line',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search', (source) =>
        replaced(source, 'import bentoml\n', 'import bentoml\nimport no_such_module\n'),
      );
      return refused(scene, id, 'import-failed', 'no_such_module', /service\.py:\d+/);
    },
  },
  {
    number: 14,
    fault: 'the time for the start is over',
    expected: 'failed with "was not ready", the last output as detail, nothing left',
    on: 'core',
    run: async (scene) => {
      await scene.settings({ startTimeout: 5 });
      const id = await place(scene, 'search', init('Embedder', 'import time; time.sleep(120)'));
      const from = performance.now();
      const said = await refused(scene, id, 'start-timeout', 'not ready after 5');
      assert.ok(performance.now() - from < 15_000);
      return said;
    },
  },
];
