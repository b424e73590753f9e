import { describe, expect, it } from 'vitest';
import { readPlan as read } from '../../../src/core/plan/read-plan';
import type { Plan } from '../../../src/core/plan/plan';
import { ServeError } from '../../../src/core/problem';
import { fraudFiles } from '../causes/fraud-files';

const readPlan = (stdout: string, stderr = ''): Plan =>
  read(stdout, stderr, {
    python: '/venv/bin/python',
    reference: 'service:svc',
    files: fraudFiles(),
  });

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

const failureOf = (stdout: string, stderr = ''): ServeError => {
  try {
    readPlan(stdout, stderr);
  } catch (error) {
    if (error instanceof ServeError) return error;
    throw error;
  }
  throw new Error('it was read');
};

describe('the planner’s line', () => {
  it('becomes a plan', () => {
    const { type: _type, ...expected } = plan;
    expect(readPlan(`${JSON.stringify(plan)}\n`)).toEqual(expected);
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

  it('names the component that cannot be served', () => {
    const problem = { code: 'grpc-unavailable', message: 'No gRPC.' };
    const unavailable = [{ id: 'grpc', kind: 'grpc', name: 'Search', problem }];
    expect(readPlan(JSON.stringify({ ...plan, unavailable })).unavailable).toEqual([
      { id: 'grpc', kind: 'grpc', name: 'Search', problem: { ...problem, component: 'grpc' } },
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
    expect(unavailable({ module: 'grpc', traceback })).toMatchObject({
      code: 'grpc-unavailable',
      message: expect.stringMatching(
        /^gRPC cannot be served, because gRPC is not installed in \/venv\/bin\/python: run .* -m pip install "bentoml\[grpc\]"/,
      ) as string,
      component: 'grpc',
    });
    expect(unavailable({ module: 'grpc', traceback: 'odd' })).toMatchObject({
      message: expect.stringContaining('grpc cannot be imported (see the log): run') as string,
    });
  });

  it('may be a problem', () => {
    const said = { type: 'problem', code: 'unknown-runner', message: 'No.' };
    expect(failureOf(JSON.stringify(said)).problem).toEqual({
      code: 'unknown-runner',
      message: 'No.',
    });
  });

  it('keeps a problem whose code we don’t know', () => {
    const failure = failureOf(JSON.stringify({ type: 'problem', code: 'new', message: 'No.' }));
    expect(failure.problem).toEqual({ code: 'import-failed', message: 'No.' });
  });

  const raised = (exception: string, file = '/home/me/fraud/service.py'): ServeError =>
    failureOf(
      JSON.stringify({
        type: 'raised',
        doing: 'Importing',
        traceback: `Traceback (most recent call last):\n  File "${file}", line 3, in <module>\n    x()\n${exception}\n`,
      }),
    );

  it('may be what the user’s code raised, with its place', () => {
    const { problem } = raised('LookupError: no weights');
    expect(problem).toMatchObject({
      code: 'import-failed',
      message:
        'Importing service:svc failed with LookupError: no weights (service.py:3). Correct that and serve again.',
      location: { file: '/home/me/fraud/service.py', line: 3 },
    });
    expect(problem.detail).toContain('Traceback');
  });

  it('may be a cause with a repair', () => {
    const { problem } = raised("ModuleNotFoundError: No module named 'sklearn'");
    expect(problem.message).toMatch(
      /^Importing service:svc failed: the module sklearn is not installed in .* -m pip install scikit-learn/,
    );
    expect(problem.install).toEqual(['scikit-learn']);
    const variable = raised(
      "bentoml.exceptions.BentoMLException: Environment variable 'T' is required. Set it",
    );
    expect(variable.message).toBe(
      "Environment variable 'T' is required: set it in serveBento.env or in a file of serveBento.envFile.",
    );
  });

  it('may be BentoML’s own refusal', () => {
    const refused = raised('bentoml.exceptions.ImportServiceError: nothing there', '/usr/lib/x.py');
    expect(refused.message).toBe(
      'BentoML cannot serve service:svc: ImportServiceError: nothing there. Correct that and serve again.',
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
    const said = { type: 'problem', code: 'settings', message: 'No\n\u001b[2Jmore.' };
    expect(failureOf(JSON.stringify(said)).message).toBe('No [2Jmore.');
    expect(failureOf('', 'one\n\u001b[31mred').message).toContain('its last line was: [31mred.');
  });

  it('says the last line of a Python that died', () => {
    expect(failureOf('', 'one\nFatal Python error: Segmentation fault').message).toContain(
      'its last line was: Fatal Python error: Segmentation fault',
    );
    expect(failureOf('').message).not.toContain('last line');
  });
});
