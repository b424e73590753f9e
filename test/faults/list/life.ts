import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Bento } from '../../../src/api';
import { staysSo } from '../../support/pauses.ts';
import { until } from '../../support/until.ts';
import type { Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';
import {
  assertProblem,
  askHello,
  askSearch,
  bentoOf,
  componentOf,
  firstPid,
  parentOf,
  pidsOf,
  place,
  placeService,
  quickHealth,
  recordStates,
  seconds,
  statesOf,
  untilState,
} from '../steps.ts';
import { urlOf } from '../../support/url-of.ts';

export const lifeFaults: readonly Fault[] = [
  {
    number: 45,
    fault: 'the process of a component is killed',
    expected:
      'seen within 100 ms, "killed by SIGKILL (out of memory?)", back after 1 s; clients wait and are answered',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search');
      const url = urlOf(await scene.serve(id));
      process.kill(firstPid(scene, id, 'service:Embedder'), 'SIGKILL');
      const took = await untilState(scene, id, 'service:Embedder', 'backingOff');
      const problem = componentOf(bentoOf(scene, id), 'service:Embedder').problem;
      assertProblem(problem, 'crashed', 'killed by SIGKILL (out of memory?)');
      const waiting = askSearch(url);
      await untilState(scene, id, 'http', 'unhealthy');
      assertProblem(componentOf(bentoOf(scene, id), 'http').problem, 'not-ready', 'Embedder');
      await waiting;
      await untilState(scene, id, 'service:Embedder', 'ready');
      await untilState(scene, id, 'http', 'ready');
      assert.equal(componentOf(bentoOf(scene, id), 'service:Embedder').restarts, 1);
      assert.equal(componentOf(bentoOf(scene, id), 'http').restarts, 0);
      assert.ok(took <= 100, `seen after ${took} ms`);
      return `seen after ${took} ms: ${problem?.message ?? ''}`;
    },
  },
  {
    number: 46,
    fault: 'one worker of two is killed',
    expected: 'seen within 1 s and replaced; the other one is left alone, and answers',
    on: 'core',
    run: async (scene) => {
      await scene.settings({ 'http.apiWorkers': 2 });
      const id = await placeService(scene);
      const url = urlOf(await scene.serve(id));
      const [one = 0, other] = componentOf(bentoOf(scene, id), 'http').pids;
      const from = performance.now();
      process.kill(one, 'SIGKILL');
      await until(
        'its absence',
        () => !pidsOf(bentoOf(scene, id)).includes(one) || undefined,
        1000,
      );
      const took = Math.round(performance.now() - from);
      await askHello(url);
      await until('another', () => pidsOf(bentoOf(scene, id)).length === 2 || undefined, 20_000);
      assert.ok(pidsOf(bentoOf(scene, id)).includes(other ?? 0));
      await untilState(scene, id, 'http', 'ready');
      return `gone from the row after ${took} ms, replaced`;
    },
  },
  {
    number: 47,
    fault: 'the workers are stopped with SIGSTOP (defaults)',
    expected: 'unresponsive within 17 s; a stop works',
    on: 'core',
    slow: true,
    run: (scene) => hang(scene, 17_000),
  },
  {
    number: 47,
    fault: 'the workers are stopped with SIGSTOP (asked every 0.5 s)',
    expected: 'unresponsive within 2.5 s; ready again with SIGCONT; a stop works',
    on: 'core',
    run: async (scene) => {
      await scene.settings(quickHealth);
      return hang(scene, 2500);
    },
  },
  {
    number: 47,
    fault: 'one worker of two is stopped with SIGSTOP (asked every 0.5 s)',
    expected: 'unresponsive within 2.5 s, though the other one answers; ready again with SIGCONT',
    on: 'core',
    run: async (scene) => {
      await scene.settings({ ...quickHealth, 'http.apiWorkers': 2 });
      const id = await placeService(scene);
      const url = urlOf(await scene.serve(id));
      const [one = 0] = componentOf(bentoOf(scene, id), 'http').pids;
      process.kill(one, 'SIGSTOP');
      const took = await untilState(scene, id, 'http', 'unhealthy', 2500);
      const { problem } = componentOf(bentoOf(scene, id), 'http');
      assertProblem(problem, 'unresponsive', 'does not respond');
      await askHello(url);
      process.kill(one, 'SIGCONT');
      await untilState(scene, id, 'http', 'ready');
      return `after ${seconds(took)}: ${problem?.message ?? ''}`;
    },
  },
  {
    number: 47,
    fault: 'the helper is stopped with SIGSTOP',
    expected: 'a stop works',
    on: 'core',
    run: async (scene) => {
      await scene.settings({ stopGracePeriod: 1 });
      const id = await placeService(scene);
      await scene.serve(id);
      process.kill(parentOf(firstPid(scene, id, 'http')), 'SIGSTOP');
      const from = performance.now();
      await scene.stop(id);
      assert.deepEqual(scene.serving(), []);
      return `stopped after ${seconds(performance.now() - from)}`;
    },
  },
  {
    number: 48,
    fault: 'a request blocks the event loop for ever',
    expected: 'unresponsive, and not ended by itself',
    on: 'core',
    run: async (scene) => {
      await scene.settings({ ...quickHealth, stopGracePeriod: 1 });
      const id = await placeBlocking(scene);
      const bento = await scene.serve(id);
      block(urlOf(bento), 600);
      const took = await untilState(scene, id, 'http', 'unhealthy');
      const { problem } = componentOf(bentoOf(scene, id), 'http');
      assertProblem(problem, 'unresponsive', 'does not respond');
      await staysSo('its processes', 2000, () => hasPidsOf(scene, id, bento));
      return `after ${seconds(took)}: ${problem?.message ?? ''}`;
    },
  },
  {
    number: 49,
    fault: 'it is paused in a debugger',
    expected: 'unhealthy at most, never ended',
    on: 'elsewhere',
    why: 'needs a debug session of the Python extension; test/real/supervision.test.ts says that there is one',
  },
  {
    number: 50,
    fault: 'an inference blocks the event loop for a while',
    expected: 'unresponsive, then ready again by itself; no restart',
    on: 'core',
    run: async (scene) => {
      await scene.settings(quickHealth);
      const id = await placeBlocking(scene);
      const bento = await scene.serve(id);
      block(urlOf(bento), 5);
      await untilState(scene, id, 'http', 'unhealthy');
      const back = await untilState(scene, id, 'http', 'ready');
      assert.deepEqual(pidsOf(bentoOf(scene, id)), pidsOf(bento));
      assert.equal(componentOf(bentoOf(scene, id), 'http').restarts, 0);
      return `ready again after ${seconds(back)}`;
    },
  },
  {
    number: 51,
    fault: 'it crashes each time soon after it was ready',
    expected: 'restarted 5 times after 1, 2, 4, 8 and 16 s, then failed',
    on: 'core',
    slow: true,
    limit: 180,
    run: async (scene) => {
      const id = await placeService(scene, [
        'import os, threading',
        'threading.Timer(3, os._exit, [1]).start()',
      ]);
      const from = performance.now();
      await scene.serve(id);
      await untilState(scene, id, 'http', 'failed', 150_000);
      const { restarts, problem } = componentOf(bentoOf(scene, id), 'http');
      assert.equal(restarts, 5);
      return `5 restarts in ${seconds(performance.now() - from)}, then: ${problem?.message ?? ''}`;
    },
  },
  {
    number: 51,
    fault: 'it is killed each time it is ready again',
    expected: 'people are told twice in all: of the first time, and that it is given up',
    on: 'window',
    journey: 'flapping',
  },
  {
    number: 52,
    fault: 'it lives, and says that it is not ready',
    expected: 'unhealthy "is not ready", never restarted',
    on: 'core',
    run: async (scene) => {
      await scene.settings(quickHealth);
      const id = await placeService(scene);
      scene.write(
        'service.py',
        [
          'import os',
          'import bentoml',
          '',
          '@bentoml.service',
          'class S:',
          '    def __is_ready__(self) -> bool:',
          '        return not os.path.exists("not-ready")',
          '',
          '    @bentoml.api',
          '    def hello(self) -> str:',
          '        return "hello"',
          '',
        ].join('\n'),
      );
      await scene.refresh();
      const bento = await scene.serve(id);
      scene.write('not-ready', '');
      await untilState(scene, id, 'http', 'unhealthy');
      const { problem } = componentOf(bentoOf(scene, id), 'http');
      assertProblem(problem, 'not-ready', '503');
      await staysSo('its processes', 3000, () => hasPidsOf(scene, id, bento));
      return problem?.message ?? '';
    },
  },
  {
    number: 53,
    fault: 'the clock is set a day forward or back',
    expected: 'no false alarm, the right uptime',
    on: 'elsewhere',
    why: 'needs a system whose clock may be set; nothing but the monotonic clock is read (src/core/clock.ts)',
  },
  {
    number: 54,
    fault: 'the machine sleeps for an hour',
    expected: 'no false alarm, no restart',
    on: 'elsewhere',
    why: 'needs a real sleep; test/core/health lets time jump',
  },
  {
    number: 55,
    fault: 'it writes 50 MB',
    expected: 'ready all the while; the extension host is not blocked for more than 100 ms',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene, [
        'import sys, threading, time',
        'def flood():',
        '    time.sleep(3)',
        '    for _ in range(500):',
        '        sys.stdout.write(("x" * 99 + "\\n") * 1000)',
        '    open("written", "w").close()',
        'threading.Thread(target=flood, daemon=True).start()',
      ]);
      const record = recordStates(scene, id, 'http');
      const url = urlOf(await scene.serve(id));
      const stall = new StallWatch();
      await until(
        'the end of it',
        () => existsSync(path.join(scene.folder, 'written')) || undefined,
        60_000,
      );
      const longest = stall.end();
      record.end();
      await askHello(url);
      assert.ok(!record.seen.includes('unhealthy'), record.seen.join());
      assert.ok(longest <= 100, `blocked for ${longest} ms`);
      return `the longest stall was ${longest} ms`;
    },
  },
  {
    number: 56,
    fault: 'its output is no UTF-8, has NUL, a line of 3 MB, a torn character, progress bars',
    expected: 'ready all the while',
    on: 'core',
    run: (scene) =>
      outputOf(scene, [
        'b"\\xff\\xfe\\x80 no text\\n"',
        'b"a\\0b\\n"',
        'b"y" * 3_000_000 + b"\\n"',
        'b"\\xe6\\x97"',
        'b"\\xa5\\n"',
        'b"10 %\\r20 %\\r30 %\\r"',
      ]),
  },
  {
    number: 57,
    fault: 'its output has sequences that control a terminal, one of them without an end',
    expected: 'ready all the while; only colours are shown',
    on: 'core',
    run: (scene) =>
      outputOf(scene, [
        'b"\\x1b]52;c;ZXZpbA==\\x07"',
        'b"\\x1b]8;;vscode://evil\\x1b\\\\\\\\link\\x1b]8;;\\x1b\\\\\\\\\\n"',
        'b"\\x1b[6n\\x1b[2J\\x1bPq#0\\x1b\\\\\\\\"',
        'b"\\x1b]0;" + b"z" * 100_000',
      ]),
  },
  {
    number: 58,
    fault: 'the password of a key is in the output',
    expected: 'masked in log and terminal',
    on: 'elsewhere',
    why: 'not built yet: TLS',
  },
];

const hasPidsOf = (scene: Scene, id: string, bento: Bento): boolean =>
  String(pidsOf(bentoOf(scene, id))) === String(pidsOf(bento));

async function hang(scene: Scene, limitMs: number): Promise<string> {
  const id = await placeService(scene);
  await scene.serve(id);
  const pid = firstPid(scene, id, 'http');
  process.kill(pid, 'SIGSTOP');
  const took = await untilState(scene, id, 'http', 'unhealthy', limitMs + 3000);
  assertProblem(componentOf(bentoOf(scene, id), 'http').problem, 'unresponsive');
  assert.ok(took <= limitMs, `seen after ${took} ms`);
  process.kill(pid, 'SIGCONT');
  await untilState(scene, id, 'http', 'ready');
  process.kill(pid, 'SIGSTOP');
  await scene.stop(id);
  assert.deepEqual(scene.serving(), []);
  return `seen after ${seconds(took)}, stopped although it was stopped by SIGSTOP again`;
}

async function placeBlocking(scene: Scene): Promise<string> {
  const id = await placeService(scene);
  scene.write(
    'service.py',
    [
      'import time',
      'import bentoml',
      '',
      '@bentoml.service',
      'class S:',
      '    @bentoml.api',
      '    async def block(self, seconds: float) -> str:',
      '        time.sleep(seconds)',
      '        return "done"',
      '',
    ].join('\n'),
  );
  await scene.refresh();
  return id;
}

/** Nobody waits for the answer. */
function block(url: string, time: number): void {
  void fetch(`${url}/block`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ seconds: time }),
  }).catch(() => undefined);
}

async function outputOf(scene: Scene, pieces: readonly string[]): Promise<string> {
  const id = await placeService(scene, [
    'import sys',
    ...pieces.map((piece) => `sys.stdout.buffer.write(${piece}); sys.stdout.buffer.flush()`),
  ]);
  const url = urlOf(await scene.serve(id));
  await askHello(url);
  assert.deepEqual(statesOf(scene, id), { http: 'ready' });
  return 'ready, answering';
}

/** How long nothing else got its turn in this process, in milliseconds. */
class StallWatch {
  #last = performance.now();
  #longest = 0;
  readonly #timer = setInterval(() => {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last - 10);
    this.#last = now;
  }, 10);

  end(): number {
    clearInterval(this.#timer);
    return Math.round(this.#longest);
  }
}
