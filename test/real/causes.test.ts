import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EnvironmentName } from '../../scripts/environments.mts';
import { ServeError } from '../../src/core/problem';
import { describeEach } from '../support/long';
import { processesWith, servingOf } from '../support/processes';
import type { Harness } from '../support/harness';
import { testHarness } from '../support/test-harness';
import { until } from '../support/until';

/** What is left behind cannot be told there from a test. */
const isWindows = process.platform === 'win32';

const id = 'service.py:S';

const harnesses = testHarness({ sharesHelpers: true });
let harness: Harness;

/** A class service with a constructor. */
const service = (...init: readonly string[]): string =>
  [
    'import bentoml',
    '',
    '@bentoml.service',
    'class S:',
    '    def __init__(self):',
    ...init.map((line) => `        ${line}`),
    '        pass',
    '',
    '    @bentoml.api',
    '    def hello(self) -> str:',
    '        return "hello"',
    '',
  ].join('\n');

const place = (
  files: Readonly<Record<string, string>>,
  settings: object = {},
  {
    environment = 'bentoml-1.4',
    consent = false,
    fileIn,
  }: { environment?: EnvironmentName; consent?: boolean; fileIn?: string } = {},
): void => {
  harness = harnesses.set({
    python: harnesses.pythons[environment],
    sample: 'test/fixtures/bentos/empty',
    reference: 'service:S',
    settings,
    consent,
    ...(fileIn === undefined ? {} : { fileIn }),
  });
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(harness.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
};

const failure = async (): Promise<ServeError> => {
  const error: unknown = await harness.registry.serve(id).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ServeError)) throw new Error(`no ServeError but ${String(error)}`);
  expect(error.message).not.toContain('\n');
  return error;
};

const at = (file: string, line: number): object => ({
  location: { file: path.join(harness.folder, file), line },
});

describe.skipIf(isWindows)('a process that dies at its start', () => {
  describeEach([['forked', {}]], [['started', { warmUp: 'off' }]])(
    '%s, is told with its cause',
    (_, how) => {
      const own = (...parts: readonly string[]): RegExp => new RegExp(parts.join('.*'));

      it.each([
        [
          'an exception of the user’s',
          [
            'try:',
            '    open("/nope")',
            'except OSError as e:',
            '    raise ValueError("no\\nway") from e',
          ],
          own(
            '^S exited with code 3: ValueError: no; way \\(service.py:9\\), caused by FileNotFoundError: \\[Errno 2\\]',
          ),
          9,
          undefined,
        ],
        [
          'a module that is not installed',
          ['import sklearn.linear_model'],
          own('sklearn is not installed', 'service.py:6', 'pip install scikit-learn'),
          6,
          ['scikit-learn'],
        ],
        [
          'a dependency of BentoML that is not installed',
          ['import bentoml.xgboost'],
          own('xgboost is not installed', 'service.py:6', 'pip install xgboost'),
          6,
          ['xgboost'],
        ],
        [
          'a model that is not in the store',
          ['bentoml.models.get("iris:latest")'],
          own('the model iris is not in the model store', 'service.py:6', 'models pull iris'),
          6,
          undefined,
        ],
        [
          'a model of another version',
          ['bentoml.models.get("iris:other")'],
          own('the model iris:other is not in the model store', 'service.py:6'),
          6,
          undefined,
        ],
        [
          'too many files',
          [
            'import resource',
            'resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))',
            'self.files = [open("/dev/null") for _ in range(100)]',
          ],
          own('too many files open', 'service.py:8', 'ulimit -n'),
          8,
          undefined,
        ],
        [
          'an address in use',
          [
            'import socket',
            'self.one = socket.create_server(("127.0.0.1", 0))',
            'self.two = socket.create_server(self.one.getsockname())',
          ],
          own('an address that its own code listens on is taken', 'another address in the code'),
          8,
          undefined,
        ],
      ] as const)('%s', async (_, init, message, line, install) => {
        place({ 'service.py': service(...init) }, how);
        const { problem } = await failure();
        expect(problem.message).toMatch(message);
        expect(problem).toMatchObject({ component: 'http', ...at('service.py', line) });
        expect(problem.install).toEqual(install);
        expect(problem.detail).toContain('Traceback');
        expect(harness.registry.bentos[0]).toMatchObject({ state: 'failed', problem });
        expect(servingOf(processesWith(harness.mark))).toEqual([]);
      });

      it('a file that cannot be read', async () => {
        place({ 'service.py': service('import broken'), 'broken.py': '\nx = (1\n' }, how);
        const { problem } = await failure();
        expect(problem.message).toMatch(/Python cannot read broken\.py:2: '\(' was never closed/);
        expect(problem).toMatchObject(at('broken.py', 2));
      });

      it.each(['uvicorn', 'json'])('a file that hides the module %s', async (module) => {
        place({ 'service.py': service(), [`${module}.py`]: 'x = 1\n' }, how);
        const { problem } = await failure();
        expect(problem.message).toContain(
          `${module}.py is imported instead of the module ${module}`,
        );
        expect(problem).toMatchObject(at(`${module}.py`, 1));
      });

      it('the first exception of a group', async () => {
        place(
          {
            'service.py': service(
              'raise ExceptionGroup("many", [KeyError("weights"), TypeError("b")])',
            ),
          },
          how,
        );
        expect((await failure()).message).toMatch(/KeyError: 'weights'/);
      });

      it('SIGKILL, which Python cannot tell', async () => {
        place(
          { 'service.py': service('import os, signal', 'os.kill(os.getpid(), signal.SIGKILL)') },
          how,
        );
        expect((await failure()).message).toBe(
          'S was killed by SIGKILL (out of memory?): look at its terminal.',
        );
      });

      it('the first of several workers, and not those that miss it', async () => {
        place(
          {
            'service.py': service(
              'import os, pathlib, time',
              'if bentoml.server_context.worker_index == 1:',
              '    raise ValueError("the first one")',
              'while len(list(pathlib.Path(".").glob("never"))) == 0:',
              '    time.sleep(0.1)',
              '    if os.path.exists("go"):',
              '        raise ConnectionError("the other one is gone")',
            ),
          },
          { ...how, http: { apiWorkers: 2 } },
        );
        const { problem } = await failure();
        expect(problem.message).toContain('ValueError: the first one (service.py:8)');
        expect(problem.detail).not.toContain('the other one');
      });
    },
  );
});

describe.skipIf(isWindows)('a service that cannot be imported is told with its cause', () => {
  it('a file that hides BentoML', async () => {
    place({ 'service.py': service(), 'bentoml.py': 'x = 1\n' });
    const { problem } = await failure();
    expect(problem.message).toContain('bentoml.py is imported instead of the module bentoml');
    expect(problem).toMatchObject({ code: 'import-failed', ...at('bentoml.py', 1) });
  });

  it('a model that it names and the store does not have', async () => {
    place({
      'service.py': service().replace(
        '    def __',
        '    m = bentoml.models.BentoModel("iris:latest")\n    def __',
      ),
    });
    const { problem } = await failure();
    expect(problem.message).toContain('the model iris:latest is not in the model store');
  });

  it('services with runners under 1.4', async () => {
    place({ 'service.py': 'import bentoml\n\nS = bentoml.Service("S", runners=[])\n' });
    const { problem } = await failure();
    expect(problem.message).toMatch(
      /Write bentoml\.legacy\.Service\(runners=…\), or run .*"bentoml<1\.4"/,
    );
    expect(problem).toMatchObject(at('service.py', 3));
  });

  it('a package that setuptools has dropped', async () => {
    place({ 'service.py': 'import pkg_resources\nimport bentoml\n\nS = bentoml.Service("S")\n' });
    const { problem } = await failure();
    expect(problem.message).toMatch(/pip install "setuptools<81"/);
    expect(problem.install).toEqual(['setuptools<81']);
  });
});

describe.skipIf(isWindows)('gRPC that cannot be served is told with the repair', () => {
  const legacy =
    'import bentoml\n\nS = bentoml.Service("S")\n\n@S.api(input=bentoml.io.Text(), output=bentoml.io.Text())\ndef echo(text):\n    return text\n';

  it('without grpcio', async () => {
    place({ 'service.py': legacy }, { grpc: { enabled: true } }, { environment: 'bentoml-1.3' });
    const bento = await harness.registry.serve(id);
    const problem = bento.components.find(({ kind }) => kind === 'grpc')?.problem;
    expect(problem?.code).toBe('grpc-unavailable');
    expect(problem?.message).toMatch(
      /gRPC is not installed\. Run .*bentoml-1\.3.* -m pip install "bentoml\[grpc\]"/,
    );
    expect(problem?.install).toContain('bentoml[grpc]');
  });

  it('with a protobuf it was not generated for', async () => {
    // As newer ones do, it has no `service`.
    place(
      { 'service.py': legacy, 'new/google/protobuf/__init__.py': '__version__ = "6.33.6"\n' },
      { grpc: { enabled: true }, env: { PYTHONPATH: '${workspaceFolder}/new' } },
      { environment: 'bentoml-1.1', consent: true },
    );
    const bento = await harness.registry.serve(id);
    const problem = bento.components.find(({ kind }) => kind === 'grpc')?.problem;
    expect(problem?.message).toMatch(
      /protobuf is not compatible with BentoML's gRPC .*"protobuf<5"/,
    );
    expect(bento.components.find(({ kind }) => kind === 'http')?.state).toBe('ready');
  });
});

describe.skipIf(isWindows)('what the system refuses is told in words', () => {
  it('arguments that are too long, with size and limit', async () => {
    place(
      { 'service.py': service(), 'long.env': `LONG=${'x'.repeat(131_100)}\n` },
      { envFile: 'long.env' },
    );
    const error = await failure();
    if (process.platform !== 'linux') return;
    expect(error.message).toMatch(/too long: the variable LONG has 131105 bytes, .* 131071/);
    expect(servingOf(processesWith(harness.mark))).toEqual([]);
  });

  it('a port in use, with its holder', async () => {
    const thief = net.createServer();
    await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
    const { port } = thief.address() as net.AddressInfo;
    try {
      place({ 'service.py': service() }, { http: { port } });
      expect((await failure()).message).toContain(`pid ${process.pid}`);
    } finally {
      thief.close();
    }
  });

  it.skipIf(process.getuid?.() === 0)('a port below 1024', async () => {
    place({ 'service.py': service() }, { http: { port: 80 } });
    expect((await failure()).message).toContain('choose one above 1023');
  });
});

describe.runIf(process.platform === 'linux')('what was ready and crashes', () => {
  it('says why, forgets it when it is ready again, and does not blame a failed request', async () => {
    place({
      'service.py': service('self.calls = 0')
        .replace('def hello(self) -> str:', 'def hello(self, what: str) -> str:')
        .replace(
          'return "hello"',
          [
            'import os, threading',
            'if what == "raise": raise LookupError("bad request")',
            'threading.Thread(target=lambda: os._exit(7)).start()',
            'return "bye"',
          ].join('\n        '),
        ),
    });
    const bento = await harness.registry.serve(id);
    const url = `${bento.components[0]?.url ?? ''}/hello`;
    const ask = (what: string): Promise<unknown> =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ what }),
      }).then(
        ({ status }) => status,
        () => undefined,
      );
    expect(await ask('raise')).toBe(500);
    await ask('exit');
    const problem = await until(
      'the crash',
      () => harness.registry.bentos[0]?.components[0]?.problem,
    );
    expect(problem.message).toBe('S exited with code 7: look at its terminal.');
    await until('ready again', () => harness.registry.bentos[0]?.state === 'ready' || undefined);
    expect(harness.registry.bentos[0]?.components[0]).not.toHaveProperty('problem');
  });
});

it('a file whose imports begin in a folder above is served from there, and reloaded', async () => {
  const words = (word: string): string => `WORD = "${word}"\n`;
  place(
    {
      'app/src/service.py': service()
        .replace('import bentoml', 'import bentoml, helper\nfrom app.src.words import WORD')
        .replace('return "hello"', 'return WORD'),
      'app/src/helper.py': 'from app.src import words',
      'app/src/words.py': words('one'),
    },
    {},
    { fileIn: 'app/src' },
  );
  writeFileSync(path.join(harness.folder, 'helper.py'), '');
  const bento = await harness.registry.serve(id);
  const says = async (word: string): Promise<true | undefined> => {
    const url = `${bento.components[0]?.url ?? ''}/hello`;
    const answer = await fetch(url, { method: 'POST' }).then((response) => response.text());
    return answer === word || undefined;
  };
  await until('the answer', () => says('one'));
  expect((await harness.registry.startCommands(id)).cwd).toBe(harness.folder);
  const file = path.join(harness.folder, 'app/src/words.py');
  writeFileSync(file, words('two'));
  harness.saved([file]);
  await until('the new answer', () => says('two'));
  await harness.registry.stop(id);
  await harness.registry.serve(id);
});

it('a file that needs modules of two folders says where the missing one is', async () => {
  place(
    { 'src/service.py': 'import beside, src.words', 'src/beside.py': '', 'src/words.py': '' },
    {},
    { fileIn: 'src' },
  );
  const { message } = await failure();
  expect(message).toMatch(
    /failed: No module named "src" \(service\.py:1\): src exists, .*add ".." to PYTHONPATH/,
  );
  expect(message).not.toContain('pip install');
});
