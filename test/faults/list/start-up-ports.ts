import assert from 'node:assert/strict';
import { PortThief } from '../../support/port-thief.ts';
import type { Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';
import {
  assertProblem,
  askSearch,
  askShout,
  bentoOf,
  componentOf,
  freePort,
  place,
  recordStates,
  refusal,
  refused,
  untilFound,
  whileHeld,
} from '../steps.ts';
import { urlOf } from '../../support/url-of.ts';

export const portFaults: readonly Fault[] = [
  {
    number: 2,
    fault: 'a configured port is taken',
    expected: 'failed at once, naming port, owner and setting',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      return whileHeld(async (port) => {
        await scene.settings({ 'http.port': port });
        const owner = `pid ${process.pid}`;
        return refused(scene, id, 'port-in-use', `Port ${port}`, owner, 'serveBento.http.port');
      });
    },
  },
  {
    number: 2,
    fault: 'the first port is taken and none is configured',
    expected: 'ready on another port, which is kept from then on',
    slow: true,
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      const first = componentOf(await servedOnce(scene, id), 'http').port ?? 0;
      return whileHeld(
        async () => {
          const other = componentOf(await servedOnce(scene, id), 'http').port;
          assert.notEqual(other, first);
          assert.equal(componentOf(await servedOnce(scene, id), 'http').port, other);
          return `${first} taken, ${other} used and kept`;
        },
        { port: first },
      );
    },
  },
  {
    number: 3,
    fault: 'a stranger takes the configured port before the server binds it, and answers 200',
    expected: 'never ready; failed, naming the stranger',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      const port = await freePort();
      await scene.settings({ launcher: 'cli', 'http.port': port });
      const thief = new PortThief(port);
      const record = recordStates(scene, id, 'http');
      try {
        const said = await refused(scene, id, 'port-in-use', `pid ${thief.pid}`);
        assert.ok(!record.seen.includes('ready'), record.seen.join());
        return said;
      } finally {
        record.end();
        await thief.end();
      }
    },
  },
  {
    number: 4,
    fault: 'somebody listens on 0.0.0.0 with the port that is configured for 127.0.0.1',
    expected: 'refused before anything is launched',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      return whileHeld(
        async (port) => {
          await scene.settings({ 'http.port': port });
          const record = recordStates(scene, id, 'http');
          const said = await refused(scene, id, 'port-in-use', `Port ${port}`);
          record.end();
          assert.ok(!record.seen.includes('starting'), record.seen.join());
          return said;
        },
        { host: '0.0.0.0' },
      );
    },
  },
  {
    number: 5,
    fault: 'two gRPC services want one port',
    expected: 'the second is refused before it is launched, naming the first',
    on: 'core',
    run: async (scene) => {
      const [one, other] = [await placeLegacy(scene, 'one'), await placeLegacy(scene, 'other')];
      await scene.settings({ 'grpc.enabled': true, 'grpc.port': await freePort() });
      await scene.serve(one);
      const problem = await refusal(scene.serve(other));
      assertProblem(problem, 'port-in-use', /in use by .* \(pid \d+\)/, 'serveBento.grpc.port');
      assert.equal(bentoOf(scene, one).state, 'ready');
      return problem.message;
    },
  },
  {
    number: 6,
    fault: 'the port of the gRPC metrics (3001) is taken',
    expected: 'ready: another port is used',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'shout');
      await scene.settings({ 'grpc.enabled': true });
      const serve = async (): Promise<string> => {
        const bento = await scene.serve(id);
        assert.equal(bento.state, 'ready');
        await askShout(urlOf(bento));
        return `ready, listening on ${scene.ports().join(', ')}`;
      };
      // Whoever has it already does just as well.
      return whileHeld(serve, { port: 3001 }).catch((error: unknown) => {
        if (error instanceof Error && error.message.includes('EADDRINUSE')) return serve();
        throw error;
      });
    },
  },
];

async function servedOnce(scene: Scene, id: string) {
  const bento = await scene.serve(id);
  await askSearch(urlOf(bento));
  await scene.stop(id);
  return bento;
}

/** A legacy service without runners. */
async function placeLegacy(scene: Scene, folder: string): Promise<string> {
  scene.write(
    `${folder}/service.py`,
    [
      'import bentoml',
      `svc = bentoml.legacy.Service("${folder}")`,
      '@svc.api(input=bentoml.io.Text(), output=bentoml.io.Text())',
      'def echo(text: str) -> str:',
      '    return text',
      '',
    ].join('\n'),
  );
  const id = `${folder}/service.py:svc`;
  await untilFound(scene, id);
  return id;
}
