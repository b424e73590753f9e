import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/core/plan/plan';
import { readPlan } from '../../../src/core/plan/read-plan';
import { ServeError } from '../../../src/core/problem';
import { expectProportional, pumped } from '../../support/growth';
import { long } from '../../support/long';
import { cut, isUnpolluted, json, textOf } from '../../support/hostile';
import { check, checkAsync } from '../../support/properties';
import { fraudContext } from '../diagnosis/fraud-files';

const context = fraudContext();

/** Also names, so that parts of a line look like those of the planner. */
const words = [
  'http',
  'runner',
  'worker',
  'self',
  'plan',
  'problem',
  'raised',
  'a',
  '',
  '__proto__',
];
const value = fc.oneof(json, fc.constantFrom(...words), fc.integer({ min: -1, max: 5 }));
const like = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 9, arbitrary: fc.record(members, { requiredKeys: [] }) },
    { weight: 1, arbitrary: value },
  );
const mostly = (good: unknown): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: value });
const texts = fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string()), fc.string());

const processes = fc.array(
  like({
    role: mostly('worker'),
    argv: mostly(['python']),
    env: fc.oneof(texts, value),
    count: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.constantFrom(1e9, 0.5, 1e300), value),
    sockets: mostly(['self']),
    cwd: mostly('/bento'),
  }),
  { maxLength: 3 },
);
const component = like({
  id: fc.oneof(fc.constantFrom('http', 'runner:a'), value),
  kind: mostly('http'),
  name: mostly('Search'),
  dependsOn: mostly(['http', 'other']),
  processes,
  probes: mostly({ live: '/livez', ready: '/readyz' }),
  command: mostly(['python', 'start.py']),
  commandEnv: fc.oneof(texts, value),
});
const chain = fc.oneof(
  fc.array(
    like({
      type: mostly('ValueError'),
      message: textOf(['\n', '\u001b[2J', 'a', ' ', '  in "', 'line 1']),
      frames: fc.array(like({ file: mostly('/x.py'), line: mostly(3), code: mostly('x()') })),
      relation: mostly('cause'),
    }),
    { maxLength: 4 },
  ),
  value,
);
const unavailable = like({
  id: mostly('grpc'),
  kind: mostly('grpc'),
  name: mostly('Search'),
  problem: fc.oneof(
    like({ code: mostly('grpc-unavailable'), message: mostly('No gRPC.') }),
    like({ module: mostly('grpc'), traceback: fc.string(), chain }),
  ),
});
const line = like({
  type: fc.oneof(fc.constantFrom('plan', 'plan', 'problem', 'raised', 'importing'), value),
  bentomlVersion: mostly('1.4.38'),
  generation: mostly('service'),
  name: mostly('Search'),
  components: fc.oneof(fc.array(component, { maxLength: 3 }), value),
  unavailable: fc.oneof(fc.array(unavailable, { maxLength: 2 }), value),
  sources: mostly(['/a.py']),
  code: fc.oneof(fc.constantFrom('settings', 'new'), value),
  message: fc.oneof(textOf(['\n', '\u001b[2J', 'a', ' ']), value),
  doing: mostly('import'),
  chain,
  file: mostly('/x.py'),
  traceback: fc.oneof(fc.string(), fc.constant('Traceback (most recent call last):\nE: x\n')),
});
const noise = textOf(['\n', '{', '}', '"', 'Traceback', '\u001b[31m', 'a'.repeat(500)], 12);

/** The plan, or nothing and a failure that people can read. */
function read(stdout: string, stderr: string): Plan | undefined {
  try {
    return readPlan({ stdout, stderr, status: { code: 1, signal: null } }, context, 'serve');
  } catch (error) {
    if (!(error instanceof ServeError)) throw error;
    expect(error.problem.message).toMatch(/^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$/);
    expect(error.problem.message.length).toBeLessThan(3500);
    return undefined;
  }
}

describe('what the planner says', () => {
  it('is a plan that can be run, or a failure for people, whatever it is', () => {
    let plans = 0;
    const property = fc.property(line, noise, noise, (said, before, stderr) => {
      const plan = read(`${before}\n${JSON.stringify(said)}\n`, stderr);
      expect(isUnpolluted()).toBe(true);
      if (plan === undefined) return;
      plans++;
      const ids = plan.components.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { processes, command } of plan.components) {
        expect(command.length).toBeGreaterThan(0);
        for (const { count, argv, env } of processes) {
          expect(Number.isInteger(count) && count >= 1 && count <= 1024).toBe(true);
          expect(argv.length).toBeGreaterThan(0);
          for (const one of Object.values(env)) expect(typeof one).toBe('string');
        }
      }
    });
    check(property, 2000);
    expect(plans).toBeGreaterThan(0);
  });

  it('is a failure for people when it is torn', () => {
    const whole = JSON.stringify({
      ...{ type: 'problem', code: 'settings', key: 'argsForRunners', args: { service: 'x' } },
    });
    const property = fc.property(fc.nat(), noise, (place, stderr) => {
      const [start = ''] = cut(whole, [place]);
      expect(read(start === whole ? '' : start, stderr)).toBeUndefined();
    });
    check(property, 200);
  });

  it('is read in time in proportion to its length', long, async () => {
    const pieces = ['{', '[', '"', '\n', ' ', 'a', '\\', '{"type":"plan"}', 'Traceback', ':', '\r'];
    const property = fc.asyncProperty(pumped(pieces), async (input) => {
      await expectProportional((text) => {
        read(text, '');
        read('', text);
      }, input);
    });
    await checkAsync(property, 150);
  });
});
