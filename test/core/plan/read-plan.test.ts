import { describe, expect, it } from 'vitest';
import { readPlan as read } from '../../../src/core/plan/read-plan';
import type { CauseContext } from '../../../src/core/diagnosis/explanation';
import { lastTraceback } from '../../../src/core/diagnosis/traceback';
import type { ExitStatus } from '../../../src/core/programs/exit-status';
import type { Retry } from '../../../src/core/plan/import-failure';
import type { Plan } from '../../../src/core/plan/plan';
import { ServeError } from '../../../src/core/problem';
import { fraudContext } from '../diagnosis/fraud-files';

const readPlan = (
  stdout: string,
  stderr = '',
  status: Partial<ExitStatus> = {},
  own: Partial<CauseContext> = {},
  retry: Retry = 'serve',
): Plan =>
  read({ stdout, stderr, status: { code: 1, signal: null, ...status } }, fraudContext(own), retry);

const http = {
  id: 'http',
  kind: 'http',
  name: 'Search',
  dependsOn: [],
  processes: [
    { role: 'worker', argv: ['python'], env: {}, count: 1, sockets: ['self'], cwd: '/bento' },
  ],
  probes: { live: '/livez', ready: '/readyz' },
  command: ['python', 'start.py'],
  commandEnv: {},
};
const plan = {
  type: 'plan',
  bentomlVersion: '1.4.38',
  generation: 'service',
  name: 'Search',
  components: [http],
  unavailable: [],
  requested: { http: { port: 38877, portSource: 'BENTOML_PORT' } },
};

const failureOf = (...said: Parameters<typeof readPlan>): ServeError => {
  try {
    readPlan(...said);
  } catch (error) {
    if (error instanceof ServeError) return error;
    throw error;
  }
  throw new Error('it was read');
};

/** As plan.py reports an exception with this traceback. */
const reported = (traceback: string): object => ({ traceback, chain: lastTraceback(traceback) });

describe('the planner’s line', () => {
  it('becomes a plan', () => {
    const { type: _type, ...expected } = plan;
    expect(readPlan(`${JSON.stringify(plan)}\n`)).toEqual({
      ...expected,
      workingDir: '/home/me/fraud',
    });
  });

  it('may leave out what is empty, and say more than we know', () => {
    const { dependsOn: _dependsOn, commandEnv: _commandEnv, ...lean } = http;
    const [process] = http.processes;
    const { env: _env, sockets: _sockets, cwd: _cwd, ...leanProcess } = process ?? {};
    const { unavailable: _unavailable, ...said } = {
      ...plan,
      future: true,
      components: [{ ...lean, processes: [leanProcess] }],
    };
    const read = readPlan(JSON.stringify(said));
    expect(read.unavailable).toEqual([]);
    expect(read).not.toHaveProperty('future');
    expect(read.components[0]).toMatchObject({ dependsOn: [], commandEnv: {} });
    expect(read.components[0]?.processes[0]).toEqual({ ...leanProcess, env: {}, sockets: [] });
  });

  it('is said to be unreadable when it is, not that Python ended', () => {
    const wrong = { ...plan, requested: { http: { port: 70_000 } } };
    const { problem } = failureOf(JSON.stringify(wrong), '', { code: 0 });
    expect(problem).toMatchObject({
      code: 'import-failed',
      message: expect.stringMatching(
        /^Serve Bento cannot read the planner's answer for \S+\. See the log/,
      ) as string,
      detail: expect.stringMatching(/^requested\.http\.port: .*65535/) as string,
    });
  });

  it('names the component that cannot be served', () => {
    const said = { code: 'grpc-unavailable', key: 'grpcOfClasses', args: { service: 'Search' } };
    const unavailable = [{ id: 'grpc', kind: 'grpc', name: 'Search', problem: said }];
    const message = expect.stringMatching(/^gRPC cannot be served for Search, /) as string;
    const problem = { code: 'grpc-unavailable', message, component: 'grpc' };
    expect(readPlan(JSON.stringify({ ...plan, unavailable })).unavailable).toMatchObject([
      { id: 'grpc', kind: 'grpc', name: 'Search', problem },
    ]);
  });

  it('explains what keeps a component from being served', () => {
    const traceback =
      'Traceback (most recent call last):\n  File "/usr/lib/x.py", line 1, in f\n    x()\nModuleNotFoundError: No module named \'grpc\'\n';
    const unavailable = (problem: object): unknown =>
      readPlan(
        JSON.stringify({
          ...plan,
          unavailable: [{ id: 'grpc', kind: 'grpc', name: 'S', problem }],
        }),
      ).unavailable[0]?.problem;
    expect(unavailable({ module: 'grpc', ...reported(traceback) })).toMatchObject({
      code: 'grpc-unavailable',
      message: expect.stringMatching(
        /^gRPC cannot be served, because gRPC is not installed\. Run .* -m pip install "bentoml\[grpc\]"/,
      ) as string,
      component: 'grpc',
    });
    expect(unavailable({ module: 'grpc', ...reported('odd') })).toMatchObject({
      message: expect.stringContaining('grpc cannot be imported (see the log). Run') as string,
    });
  });

  const refused = {
    key: 'buildFileRefused',
    args: { version: '1', name: 'x', reason: 'No' },
    summary: 'buildFileRefusedSummary',
  };

  it('may be a problem', () => {
    const setting = 'serveBento.http.tls.version';
    const said = { key: 'tlsVersionMissing', args: { version: 'TLSv1' }, code: 'tls', setting };
    expect(failureOf(JSON.stringify({ type: 'problem', ...said })).problem).toMatchObject({
      code: 'tls',
      message: 'This Python has no TLSv1: set serveBento.http.tls.version to auto.',
      setting,
    });
  });

  it('is unreadable when it names no text, or lacks its arguments', () => {
    for (const said of [
      { key: 'nonsense', args: {} },
      { key: 'tlsVersionMissing', args: {} },
    ]) {
      const line = JSON.stringify({ type: 'problem', code: 'tls', ...said });
      expect(failureOf(line).message).toContain("cannot read the planner's answer");
    }
  });

  it('keeps a problem whose code we don’t know', () => {
    const failure = failureOf(JSON.stringify({ type: 'problem', code: 'new', ...refused }));
    expect(failure.problem).toMatchObject({
      code: 'import-failed',
      summary: 'BentoML 1 cannot read x: No',
    });
  });

  const raised = (
    exception: string,
    file = '/home/me/fraud/service.py',
    retry?: Retry,
  ): ServeError =>
    failureOf(
      JSON.stringify({
        type: 'raised',
        doing: 'import',
        ...reported(
          `Traceback (most recent call last):\n  File "${file}", line 3, in <module>\n    x()\n${exception}\n`,
        ),
      }),
      'reading the weights\n',
      {},
      {},
      retry,
    );

  it('may be what the user’s code raised, with its place', () => {
    const { problem } = raised('LookupError: no weights');
    expect(problem).toMatchObject({
      code: 'import-failed',
      message:
        'Importing service:svc failed: LookupError: no weights (service.py:3). Fix it, then serve again.',
      location: { file: '/home/me/fraud/service.py', line: 3 },
    });
    expect(problem.detail).toContain('Traceback');
  });

  it('may be a cause with a repair', () => {
    const { problem } = raised("ModuleNotFoundError: No module named 'sklearn'");
    expect(problem.message).toMatch(
      /^Importing service:svc failed: sklearn is not installed(?: \([^)]*\))?\. Run .* -m pip install scikit-learn, or correct the import, then serve again\.$/,
    );
    expect(problem.install).toEqual(['scikit-learn']);
    const variable = raised(
      "bentoml.exceptions.BentoMLException: Environment variable 'T' is required. Set it",
    );
    expect(variable.message).toBe(
      "Environment variable 'T' is required. Set it in serveBento.env or in a file of serveBento.envFile, then serve again.",
    );
  });

  it('may be BentoML’s own refusal', () => {
    const refused = raised('bentoml.exceptions.ImportServiceError: nothing there', '/usr/lib/x.py');
    expect(refused.message).toBe(
      'BentoML cannot serve service:svc: ImportServiceError: nothing there. Fix it, then serve again.',
    );
    expect(refused.problem).not.toHaveProperty('location');
  });

  it.each([
    '',
    'not json',
    '{"type":"plan"}',
    '[]',
    'null',
    '{"type":"else"}',
    JSON.stringify(plan).slice(0, 50),
  ])('that is not ours is a failed import with what was said instead: %s', (stdout) => {
    const failure = failureOf(
      stdout,
      `${'x'.repeat(30_000)}\nFatal Python error: Segmentation fault\n`,
    );
    expect(failure.code).toBe('import-failed');
    expect(failure.message).not.toContain('\n');
    expect(failure.problem.detail).toContain('Segmentation fault');
    expect(failure.problem.detail?.length).toBeLessThanOrEqual(20_000);
  });

  it.each([
    ['two components of one id', { components: [http, http] }],
    [
      'workers without end',
      { components: [{ ...http, processes: [{ ...http.processes[0], count: 1e9 }] }] },
    ],
  ])('is no plan with %s', (_, part) => {
    expect(failureOf(JSON.stringify({ ...plan, ...part })).code).toBe('import-failed');
  });

  it('is told in one line', () => {
    const args = { ...refused.args, reason: 'No\n\u001b[2Jmore' };
    const said = { type: 'problem', code: 'settings', ...refused, args };
    expect(failureOf(JSON.stringify(said)).message).toContain('cannot read x: No [2Jmore. ');
    expect(failureOf('', 'one\n\u001b[31mred').message).toContain(
      'last output was: one | [31mred.',
    );
  });

  it('is without what was to be done first, where a save is the next try', () => {
    expect(raised('LookupError: no weights', undefined, 'save').message).toBe(
      'Importing service:svc failed: LookupError: no weights (service.py:3).',
    );
    expect(
      raised("ModuleNotFoundError: No module named 'sklearn'", undefined, 'save').message,
    ).toMatch(/Run .* -m pip install scikit-learn, or correct the import\.$/);
  });

  it('says what was printed before sys.exit()', () => {
    expect(raised('SystemExit: 7').message).toBe(
      'Importing service:svc failed: the service ended Python with sys.exit(7) (service.py:3); its last output was: reading the weights. Remove that call, or fix what leads to it, then serve again.',
    );
  });
});

describe('a Python that died while it imported the service', () => {
  const file = '/home/me/fraud/model.py';
  const died = (
    status: Partial<ExitStatus>,
    stderr = 'loading\n',
    own: Partial<CauseContext> = {},
  ): ServeError => {
    const importing = (name: string | null): string =>
      JSON.stringify({ type: 'importing', file: name });
    return failureOf(`${importing('/x.py')}\n${importing(file)}\n`, stderr, status, own);
  };

  it.each([
    [{ code: null, signal: 'SIGKILL' }, 'was killed by SIGKILL (out of memory?) (model.py)'],
    [{ code: null, signal: 'SIGSEGV' }, 'was terminated by SIGSEGV (model.py)'],
    [{ code: 7 }, 'exited with code 7 (model.py)'],
    [{ code: 0 }, 'exited with code 0 (model.py)'],
    [{ code: 0xc0000005 }, 'exited with code 3221225477 (access violation) (model.py)'],
  ] as const)('is told by its end, the file and what it said last: %j', (status, how) => {
    const failure = died(status);
    expect(failure.message).toMatch(/^Importing service:svc failed: Python /);
    expect(failure.message).toContain(`Python ${how}; its last output was: loading. `);
    expect(failure.message).toMatch(/, then serve again\.$/);
    expect(failure.problem).toMatchObject({ code: 'import-failed', location: { file, line: 1 } });
    expect(failure.problem.detail).toBe('loading');
  });

  it('is told by the place that faulthandler prints', () => {
    const dump = [
      'before',
      'Fatal Python error: Segmentation fault',
      '',
      'Current thread 0x00007f00 (most recent call first):',
      '  File "/usr/lib/python3.11/ctypes/__init__.py", line 517 in string_at',
      '  File "/home/me/fraud/service.py", line 9 in load',
      '',
      'Extension modules: numpy.core (total: 1)',
    ].join('\n');
    const failure = died({ code: null, signal: 'SIGSEGV' }, dump);
    expect(failure.message).toBe(
      'Importing service:svc failed: Python was terminated by SIGSEGV (Segmentation fault) (service.py:9); its last output was: before. Native code crashed: check the packages that it uses, such as their versions and drivers, then serve again.',
    );
    expect(failure.problem.location).toEqual({ file: '/home/me/fraud/service.py', line: 9 });
    expect(failure.problem.detail).toContain('string_at');
  });

  it.each([
    [
      "Fatal Python error: init_fs_encoding: failed to get the Python codec of the filesystem encoding\nPython runtime state: core initialized\nModuleNotFoundError: No module named 'encodings'\n\nCurrent thread 0x1 (most recent call first):\n  <no Python frame>\n",
      { PYTHONHOME: '/opt/nothing', PYTHONUNBUFFERED: '1', PYTHONOPTIMIZE: '1' },
      'PYTHONHOME is set to "/opt/nothing"',
    ],
    [
      'Fatal Python error: config_init_hash_seed: PYTHONHASHSEED must be "random" or an integer\nPython runtime state: preinitialized\n',
      { PYTHONHASHSEED: 'x', PYTHONUTF8: '1' },
      'PYTHONHASHSEED is set to "x"',
    ],
    [
      "Fatal Python error: init_sys_streams: can't initialize sys standard streams\nPython runtime state: core initialized\nLookupError: unknown encoding: nope\n",
      { PYTHONIOENCODING: 'nope' },
      'PYTHONIOENCODING is set to "nope"',
    ],
    [
      'Fatal Python error: config_init_odd: it is odd\nPython runtime state: preinitialized\n',
      { PYTHON_NEW: 'a', PYTHONOTHER: 'b' },
      'PYTHONOTHER is set to "b" and PYTHON_NEW is set to "a"',
    ],
  ])('did not start for a variable, which is named: %s', (stderr, env, said) => {
    const failure = failureOf('', stderr, {}, { env });
    expect(failure.code).toBe('settings');
    expect(failure.message).toContain(`/venv/bin/python cannot be started: ${said}: `);
    expect(failure.message).not.toContain('PYTHONUNBUFFERED');
    expect(failure.message).toMatch(
      /Remove PYTHON\w+.* in serveBento\.env, or where VS Code is started/,
    );
  });
});
