import assert from 'node:assert/strict';
import { moment } from '../../support/pauses.ts';
import { PortThief } from '../../support/port-thief.ts';
import { until } from '../../support/until.ts';
import type { SceneFault } from '../fault.ts';
import {
  askHello,
  bentoOf,
  componentOf,
  parentOf,
  pidsOf,
  placeDependent,
  placeService,
} from '../steps.ts';
import { urlOf } from '../../support/url-of.ts';

/** One failure in fifty is a failure. */
const often = { on: 'core', times: 50 } as const;

/** How long a service of nothing takes to be ready, about, in milliseconds. */
const startMs = 1000;

export const races: readonly SceneFault[] = [
  {
    ...often,
    number: 1,
    fault: 'a port nobody configured is stolen between its release and the bind',
    expected: 'ready on another port',
    slow: true,
    run: async (scene) => {
      // Its server is the last one to be started, so that the thief sees its port held.
      const id = await placeDependent(scene);
      await scene.settings({ launcher: 'cli' });
      // What is served once keeps its port.
      const kept = componentOf(await scene.serve(id), 'http').port ?? 0;
      await scene.stop(id);
      const thief = new PortThief(kept);
      try {
        const [bento] = await Promise.all([scene.serve(id), thief.taken]);
        assert.equal(bento.state, 'ready');
        assert.notEqual(componentOf(bento, 'http').port, kept);
      } finally {
        await thief.end();
      }
      return 'ready on another port';
    },
  },
  {
    ...often,
    number: 59,
    fault: 'a stop at a random moment of the start',
    expected: 'stopped, nothing left, no problem shown',
    run: async (scene) => {
      const id = await placeService(scene);
      // A start that has just succeeded is stopped all the same.
      const over = Promise.allSettled([scene.serve(id)]);
      await moment(Math.random() * startMs);
      await scene.stop(id);
      await over;
      const { state, problem } = bentoOf(scene, id);
      assert.deepEqual([state, problem], ['stopped', undefined]);
      assert.deepEqual(scene.serving(), []);
      return 'stopped';
    },
  },
  {
    ...often,
    number: 60,
    fault: 'a start at a random moment of the stop',
    expected: 'ready after the stop',
    run: async (scene) => {
      const id = await placeService(scene);
      const before = pidsOf(await scene.serve(id));
      const stopping = scene.stop(id);
      await moment(Math.random() * 300);
      const bento = await scene.serve(id);
      await stopping;
      assert.equal(bento.state, 'ready');
      assert.ok(pidsOf(bento).every((pid) => !before.includes(pid)));
      return 'ready again, by other processes';
    },
  },
  {
    ...often,
    number: 64,
    fault: '50 restarts within a second',
    expected: 'one restart',
    slow: true,
    run: async (scene) => {
      const id = await placeService(scene);
      const before = pidsOf(await scene.serve(id));
      const processes = scene.processes().length;
      const clicks: Promise<unknown>[] = [];
      for (let click = 0; click < 50; click++) {
        clicks.push(scene.restart(id));
        await moment(20);
      }
      await Promise.all(clicks);
      const bento = bentoOf(scene, id);
      assert.equal(bento.state, 'ready');
      assert.ok(pidsOf(bento).every((pid) => !before.includes(pid)));
      assert.equal(scene.processes().length, processes);
      await askHello(urlOf(bento));
      return 'one restart';
    },
  },
  {
    ...often,
    number: 69,
    fault: 'the helper is killed at a random moment of the start',
    expected: 'failed in words, nothing left 2 s later',
    run: async (scene) => {
      const id = await placeService(scene);
      const serving = scene.serve(id).catch(() => undefined);
      const pid = await until('a worker', () => pidsOf(bentoOf(scene, id))[0]);
      await moment(Math.random() * startMs);
      process.kill(parentOf(pid), 'SIGKILL');
      await until('nothing left', () => scene.serving().length === 0 || undefined, 2000);
      await serving;
      await until('the word', () => bentoOf(scene, id).state === 'failed' || undefined);
      assert.match(bentoOf(scene, id).problem?.message ?? '', /SIGKILL/);
      return 'failed in words, nothing left';
    },
  },
];
