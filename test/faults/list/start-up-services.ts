import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Bento } from '../../../src/api';
import type { Fault } from '../fault.ts';
import type { Scene } from '../scene.ts';
import {
  assertProblem,
  askHello,
  askShout,
  bentoOf,
  componentOf,
  firstPid,
  init,
  place,
  placeService,
  quickHealth,
  refused,
  replaced,
  seconds,
  statesOf,
  untilFound,
  untilState,
} from '../steps.ts';
import { urlOf } from '../../support/url-of.ts';

export const serviceFaults: readonly Fault[] = [
  {
    number: 11,
    fault: 'an import fails',
    expected: 'failed, naming module, file and line, with the next step',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search', (source) =>
        replaced(source, 'import bentoml\n', 'import bentoml\nimport no_such_module\n'),
      );
      const said = await refused(scene, id, 'import-failed', 'no_such_module', 'service.py:11');
      assert.equal(bentoOf(scene, id).problem?.location?.line, 11);
      return said;
    },
  },
  {
    number: 12,
    fault: 'the service has a syntax error',
    expected: 'failed, with file and line',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search', (source) => `${source}\n\nclass (\n`);
      const line = 67;
      const said = await refused(scene, id, 'import-failed', `service.py:${line}`);
      assert.equal(bentoOf(scene, id).problem?.location?.line, line);
      return said;
    },
  },
  {
    number: 13,
    fault: 'the import takes 60 s',
    expected: 'starting all the while, then ready',
    on: 'core',
    slow: true,
    limit: 240,
    run: async (scene) => {
      const id = await placeService(scene, [], { head: ['import time', 'time.sleep(60)'] });
      const from = performance.now();
      const serving = scene.serve(id);
      const watch = setInterval(() => {
        if (bentoOf(scene, id).state !== 'starting') clearInterval(watch);
      }, 1000);
      const { state } = await serving.finally(() => clearInterval(watch));
      assert.equal(state, 'ready');
      const took = performance.now() - from;
      assert.ok(took > 60_000);
      return `ready after ${seconds(took)}`;
    },
  },
  {
    number: 14,
    fault: 'the time for the start is over',
    expected: 'failed "not ready after 10 s", the last output in its detail, all of it stopped',
    on: 'core',
    run: async (scene) => {
      await scene.settings({ startTimeout: 10 });
      const slow = 'import time; print("loading weights", flush=True); time.sleep(120)';
      const id = await place(scene, 'search', init('Embedder', slow));
      const said = await refused(scene, id, 'start-timeout', 'not ready after 10');
      assert.match(bentoOf(scene, id).problem?.detail ?? '', /loading weights/);
      return said;
    },
  },
  {
    number: 15,
    fault: 'a worker exits with code 0 before it is ready',
    expected: 'failed, not stopped',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene, ['import os', 'os._exit(0)']);
      return refused(scene, id, 'crashed', 'exited with code 0');
    },
  },
  {
    number: 16,
    fault: 'the settings name a runner that does not exist',
    expected: 'failed, with the names that exist',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'shout');
      await scene.settings({ runners: { lower: { workers: 1 } } });
      return refused(scene, id, 'unknown-runner', 'lower', 'upper', 'count');
    },
  },
  {
    number: 17,
    fault: 'a runner is missing from the map of runners',
    expected:
      'cannot happen: the plan comes from BentoML and has every runner; its words are recognised',
    on: 'elsewhere',
    why: 'BentoML itself says which runners there are, and all are started; its message is tested with its own output (test/core/diagnosis)',
  },
  {
    number: 18,
    fault: 'a dependency stops answering',
    expected: 'what depends on it is unhealthy, naming it, and not restarted; ready again with it',
    on: 'core',
    run: async (scene) => {
      await scene.settings(quickHealth);
      const id = await place(scene, 'search');
      await scene.serve(id);
      const pid = firstPid(scene, id, 'service:Embedder');
      process.kill(pid, 'SIGSTOP');
      await untilState(scene, id, 'service:Embedder', 'unhealthy');
      await untilState(scene, id, 'http', 'unhealthy');
      const { problem } = componentOf(bentoOf(scene, id), 'http');
      assertProblem(problem, 'not-ready', 'Embedder');
      process.kill(pid, 'SIGCONT');
      await untilState(scene, id, 'http', 'ready');
      assert.deepEqual(
        bentoOf(scene, id).components.map(({ restarts }) => restarts),
        [0, 0, 0],
      );
      return problem?.message ?? '';
    },
  },
  {
    number: 19,
    fault: 'the map of runners is longer than an argument may be',
    expected: 'failed before anything is launched, with its size and the limit',
    on: 'core',
    limit: 60,
    run: async (scene) => {
      const id = await placeRunners(scene, 1700, 60);
      return refused(scene, id, 'settings', /too long: .* has \d+ bytes, .* takes 131071/);
    },
  },
  {
    number: 20,
    fault: 'gRPC is wanted and grpcio is not installed',
    expected: 'the row of gRPC says what to install; the rest is served',
    on: 'core',
    run: async (scene) => {
      await scene.settings({ 'grpc.enabled': true, pythonPath: scene.pythons['bentoml-1.3'] });
      const id = await place(scene, 'shout');
      const bento = await scene.serve(id);
      const problem = componentOf(bento, 'grpc').problem;
      assertProblem(problem, 'grpc-unavailable', 'bentoml[grpc]');
      await askShout(urlOf(bento));
      return problem?.message ?? '';
    },
  },
  {
    number: 21,
    fault: 'gRPC is wanted of a class service',
    expected: 'the row of gRPC says that only services with runners have it; the rest is served',
    on: 'core',
    run: async (scene) => {
      await scene.settings({ 'grpc.enabled': true });
      const id = await place(scene, 'search');
      const bento = await scene.serve(id);
      assert.equal(bento.state, 'ready');
      const problem = componentOf(bento, 'grpc').problem;
      assertProblem(problem, 'grpc-unavailable', /gRPC/);
      return problem?.message ?? '';
    },
  },
  {
    number: 22,
    fault: 'a worker cannot start',
    expected: 'failed at once with its exception, not restarted, the others stopped',
    on: 'core',
    run: async (scene) => {
      const id = await place(scene, 'search', init('Embedder', 'raise ValueError("no weights")'));
      const said = await refused(scene, id, 'crashed', 'no weights', /service\.py:\d+/);
      assert.equal(bentoOf(scene, id).problem?.component, 'service:Embedder');
      const { 'service:Embedder': embedder, http } = statesOf(scene, id);
      assert.deepEqual([embedder, http], ['failed', 'stopped']);
      return said;
    },
  },
  {
    number: 22,
    fault: 'the workers of an arbiter die again and again',
    expected: 'failed after three of them, with the exception of the first',
    slow: true,
    on: 'core',
    run: async (scene) => {
      await scene.settings({ launcher: 'cli' });
      const id = await placeService(scene, [
        'import pathlib',
        'count = pathlib.Path(__file__).with_name("count.txt")',
        'number = int(count.read_text()) + 1 if count.exists() else 1',
        'count.write_text(str(number))',
        'raise ValueError(f"death number {number}")',
      ]);
      const from = performance.now();
      const said = await refused(scene, id, 'crashed', 'death number 1');
      return `after ${seconds(performance.now() - from)}: ${said}`;
    },
  },
  {
    number: 23,
    fault: 'the model is not in the store',
    expected: 'failed, naming the model and how to get it; not restarted',
    on: 'core',
    run: async (scene) => {
      const id = await placeService(scene, ['bentoml.models.get("iris:latest")']);
      const said = await refused(scene, id, 'crashed', 'the model iris is not', 'models pull');
      assert.deepEqual(
        bentoOf(scene, id).components.map(({ restarts }) => restarts),
        [0],
      );
      return said;
    },
  },
  {
    number: 24,
    fault: 'the service has its probes at a path prefix',
    expected: 'ready: it is asked there',
    on: 'core',
    run: async (scene) => {
      const bento = await serveWith(scene, [], ['@bentoml.service(path_prefix="/v1")']);
      await askHello(`${new URL(urlOf(bento)).origin}/v1`);
      return `ready at ${urlOf(bento)}`;
    },
  },
  {
    number: 24,
    fault: 'the service answers probes itself, at paths of its own',
    expected: 'ready: it is asked there',
    on: 'core',
    run: async (scene) => {
      const head = [
        'from starlette.applications import Starlette',
        'from starlette.responses import PlainTextResponse',
        'from starlette.routing import Route',
        'def answer(request):',
        '    open("asked", "a").write(request.url.path + "\\n")',
        '    return PlainTextResponse("fine")',
        'paths = ["/alive", "/model/ok"]',
        'app = Starlette(routes=[Route(path, answer) for path in paths])',
      ];
      const decorators = [
        '@bentoml.asgi_app(app)',
        '@bentoml.service(endpoints={"livez": "/alive", "readyz": "/model/ok"})',
      ];
      await serveWith(scene, head, decorators);
      const asked = readFileSync(path.join(scene.folder, 'asked'), 'utf8');
      assert.match(asked, /\/model\/ok/);
      return `ready, asked at ${asked.split('\n', 1).join()}`;
    },
  },
];

async function serveWith(
  scene: Scene,
  head: readonly string[],
  decorators: readonly string[],
): Promise<Bento> {
  const lines = [
    'import bentoml',
    ...head,
    '',
    ...decorators,
    'class S:',
    '    @bentoml.api',
    '    def hello(self) -> str:',
    '        return "hello"',
    '',
  ];
  scene.write('service.py', lines.join('\n'));
  await untilFound(scene, 'service.py:S');
  return scene.serve('service.py:S');
}

/** A service with many runners of long names. */
async function placeRunners(scene: Scene, count: number, length: number): Promise<string> {
  const lines = [
    'import bentoml',
    '',
    'class R(bentoml.Runnable):',
    '    SUPPORTED_RESOURCES = ("cpu",)',
    '    SUPPORTS_CPU_MULTI_THREADING = True',
    '',
    '    @bentoml.Runnable.method(batchable=False)',
    '    def same(self, text: str) -> str:',
    '        return text',
    '',
    `names = [f"runner_{n:04}_".ljust(${length}, "x") for n in range(${count})]`,
    'svc = bentoml.legacy.Service("many", runners=[bentoml.Runner(R, name=n) for n in names])',
    '',
    '@svc.api(input=bentoml.io.Text(), output=bentoml.io.Text())',
    'def echo(text: str) -> str:',
    '    return text',
    '',
  ];
  scene.write('service.py', lines.join('\n'));
  await untilFound(scene, 'service.py:svc');
  return 'service.py:svc';
}
