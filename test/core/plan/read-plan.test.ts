import { describe, expect, it } from 'vitest';
import { PlanFailure } from '../../../src/core/plan/plan-failure';
import { readPlan } from '../../../src/core/plan/read-plan';

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
};

const failureOf = (stdout: string, stderr = ''): PlanFailure => {
  try {
    readPlan(stdout, stderr);
  } catch (error) {
    if (error instanceof PlanFailure) return error;
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

  it('may be a problem, with its place in the user’s code', () => {
    const failure = failureOf(
      JSON.stringify({
        type: 'problem',
        code: 'import-failed',
        message: 'It failed.',
        detail: 'Traceback …',
        file: '/bento/service.py',
        line: 3,
        exception: 'SyntaxError',
      }),
    );
    expect(failure.problem).toEqual({
      code: 'import-failed',
      message: 'It failed.',
      detail: 'Traceback …',
    });
    expect(failure.location).toEqual({ file: '/bento/service.py', line: 3 });
    expect(failure.exception).toBe('SyntaxError');
  });

  it('keeps a problem whose code we don’t know', () => {
    const failure = failureOf(JSON.stringify({ type: 'problem', code: 'new', message: 'No.' }));
    expect(failure.problem).toEqual({ code: 'import-failed', message: 'No.' });
    expect(failure.location).toBeUndefined();
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

  it('says the last line of a Python that died', () => {
    expect(failureOf('', 'one\nFatal Python error: Segmentation fault').message).toContain(
      'its last line was: Fatal Python error: Segmentation fault',
    );
    expect(failureOf('').message).not.toContain('last line');
  });
});
