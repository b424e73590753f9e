import assert from 'node:assert/strict';
import { staysSo } from '../../support/pauses.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import {
  askHello,
  askSearch,
  bentoOf,
  firstPid,
  place,
  placeService,
  refusal,
  seconds,
  statesOf,
  untilState,
} from '../steps.ts';
import { urlOf } from '../../support/url-of.ts';

const ignoring = [
  'import signal',
  'real = signal.signal',
  'ignore = lambda number, handler: signal.SIG_IGN if number == signal.SIGTERM else handler',
  'signal.signal = lambda number, handler: real(number, ignore(number, handler))',
  'real(signal.SIGTERM, signal.SIG_IGN)',
];

export const stopFaults: readonly Fault[] = [
  {
    number: 59,
    fault: 'a cancel at any time of the start',
    expected: 'stopped, nothing left, no problem shown',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      await scene.serve(id);
      await scene.stop(id);
      const from = performance.now();
      await scene.serve(id);
      const whole = performance.now() - from;
      await scene.stop(id);
      const times = [0, 0.1, 0.2, 0.4, 0.6, 0.8].map((part) => Math.round(part * whole));
      let late = 0;
      for (const ms of times) {
        const cancel = new AbortController();
        const serving = scene.serve(id, cancel.signal);
        setTimeout(() => cancel.abort(), ms);
        const over = await Promise.allSettled([serving]);
        if (over[0].status === 'fulfilled') {
          // Faster than the one that was measured.
          late += 1;
          await scene.stop(id);
        } else {
          assert.equal((await refusal(serving)).code, 'cancelled', `after ${ms} ms`);
        }
        const { state, problem } = bentoOf(scene, id);
        assert.deepEqual([state, problem], ['stopped', undefined], `after ${ms} ms`);
        assert.deepEqual(scene.serving(), [], `after ${ms} ms`);
      }
      assert.ok(late <= times.length / 2, `${late} were ready before they were cancelled`);
      return `stopped each time, after ${times.join(', ')} ms`;
    },
  },
  {
    number: 61,
    fault: 'the workers ignore SIGTERM',
    expected: 'ended by force after the grace period',
    on: 'core',
    run: async (scene) => {
      await scene.settings({ stopGracePeriod: 2 });
      const id = await placeService(scene, [], { head: ignoring });
      await scene.serve(id);
      const from = performance.now();
      await scene.stop(id);
      const took = performance.now() - from;
      assert.deepEqual(scene.serving(), []);
      assert.ok(took > 1900 && took < 4000, seconds(took));
      return `stopped after ${seconds(took)}, grace 2 s`;
    },
  },
  {
    number: 62,
    fault: 'a second stop while the first one waits',
    expected: 'ended by force at once',
    on: 'core',
    run: async (scene) => {
      await scene.settings({ stopGracePeriod: 60 });
      const id = await placeService(scene, [], { head: ignoring });
      await scene.serve(id);
      const stopping = scene.stop(id);
      await untilState(scene, id, 'http', 'stopping');
      const from = performance.now();
      await scene.stop(id);
      await stopping;
      const took = performance.now() - from;
      assert.deepEqual(scene.serving(), []);
      assert.ok(took < 2000, seconds(took));
      return `gone ${seconds(took)} after the second stop, grace 60 s`;
    },
  },
  {
    number: 63,
    fault: '84 descendants and 5 that left its session',
    expected: 'none of them is left',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene, [
        'import os, subprocess, sys',
        'escape = "import os, time\\nif os.fork(): os._exit(0)\\nos.setsid()\\nif os.fork(): os._exit(0)\\ntime.sleep(600)"',
        'for _ in range(84): subprocess.Popen(["sleep", "600"])',
        'for _ in range(5): subprocess.Popen([sys.executable, "-c", escape]).wait()',
      ]);
      await scene.serve(id);
      const count = await until('all of them', () => {
        const number = scene.serving().length;
        return number >= 84 + 5 + 2 ? number : undefined;
      });
      const from = performance.now();
      await scene.stop(id);
      assert.deepEqual(scene.serving(), []);
      return `${count} processes, none ${seconds(performance.now() - from)} after the stop`;
    },
  },
  {
    number: 65,
    fault: 'all of 20 bentos are stopped',
    expected: 'at the same time, within 11 s',
    on: 'core',
    slow: true,
    limit: 300,
    run: async (scene) => {
      const ids: string[] = [];
      for (let number = 1; number <= 20; number++) {
        ids.push(await placeService(scene, [], { file: `bento${number}/service.py` }));
      }
      // In fours: twenty Pythons that start at once only wait for each other.
      for (let from = 0; from < ids.length; from += 4) {
        await Promise.all(ids.slice(from, from + 4).map((id) => scene.serve(id)));
      }
      const count = scene.processes().length;
      const from = performance.now();
      await Promise.all(ids.map((id) => scene.stop(id)));
      const took = performance.now() - from;
      assert.deepEqual(scene.serving(), []);
      // However many were served from the same interpreter and environment.
      assert.ok(scene.processes().length <= 2, 'more than one helper waits');
      assert.ok(took < 11_000, seconds(took));
      return `${count} processes gone after ${seconds(took)}`;
    },
  },
  {
    number: 66,
    fault: 'a stop while it waits for its next restart',
    expected: 'stopped at once, and not started any more',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene);
      await scene.serve(id);
      process.kill(firstPid(scene, id, 'http'), 'SIGKILL');
      await untilState(scene, id, 'http', 'backingOff');
      const from = performance.now();
      await scene.stop(id);
      const took = performance.now() - from;
      assert.ok(took < 1000, seconds(took));
      await staysSo(
        'stopped, without a process',
        2500,
        () => bentoOf(scene, id).state === 'stopped' && scene.serving().length === 0,
      );
      return `stopped after ${seconds(took)}`;
    },
  },
  {
    number: 67,
    fault: 'it exits by itself between the polite end and the forced one, with an error',
    expected: 'stopped; no problem is shown',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene, [
        'import atexit, os, time',
        'atexit.register(lambda: (time.sleep(1), os._exit(7)))',
      ]);
      await askHello(urlOf(await scene.serve(id)));
      await scene.stop(id);
      const { state, problem, components } = bentoOf(scene, id);
      assert.deepEqual([state, problem, components[0]?.problem], ['stopped', undefined, undefined]);
      assert.deepEqual(statesOf(scene, id), { http: 'stopped' });
      return 'stopped, no problem';
    },
  },
  {
    number: 64,
    fault: 'two who ask for a bento at the same time',
    expected: 'it is started once',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      const [one, other] = await Promise.all([scene.serve(id), scene.serve(id)]);
      assert.deepEqual(one, other);
      assert.ok(one.components.every(({ pids }) => pids.length === 1));
      await askSearch(urlOf(one));
      return 'one process for each component';
    },
  },
];
