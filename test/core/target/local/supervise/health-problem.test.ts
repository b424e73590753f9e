import { expect, it } from 'vitest';
import type { Health } from '../../../../../src/core/health/health-monitor';
import {
  healthProblem,
  type ComponentFacts,
} from '../../../../../src/core/target/local/supervise/health-problem';

const isWell: Health = { status: 'ready', latencyMs: 1 };
const isNot: Health = { status: 'notReady', reason: 'it loads a model' };
const isSilent: Health = { status: 'unresponsive', reason: 'no answer within 5 s' };

/** What is said, with the code before it. */
const said = (health: Health, facts: Partial<ComponentFacts> = {}): string => {
  const own = { name: 'http', remote: false, blockedBy: undefined, isDebugging: false, ...facts };
  const problem = healthProblem(health, own);
  if (problem === undefined) return 'nothing';
  expect(problem.subject).toBe('http');
  return `${problem.code}: ${problem.message} (${problem.summary ?? 'no summary'})`;
};

const waits =
  'not-ready: http waits for Inner, which is stopped. (waits for Inner, which is stopped)';
const blockedBy = 'Inner, which is stopped';

it.each<[string, Health, Partial<ComponentFacts>, string]>([
  ['it is ready', isWell, {}, 'nothing'],
  ['it is ready and paused', isWell, { isDebugging: true }, 'nothing'],
  ['it waits, whatever its probes say', isWell, { blockedBy }, waits],
  ['it waits and is not ready', isNot, { blockedBy }, waits],
  ['it waits and is silent', isSilent, { blockedBy }, waits],
  [
    'it is not ready',
    isNot,
    {},
    'not-ready: http is not ready: it loads a model. (it loads a model)',
  ],
  [
    'it is silent',
    isSilent,
    {},
    'unresponsive: http does not respond: no answer within 5 s. Restart it if it does not recover. (no answer within 5 s)',
  ],
  [
    'it is silent elsewhere',
    isSilent,
    { remote: true },
    'unresponsive: http does not respond: no answer within 5 s. Check it on the machine where it runs. (no answer within 5 s)',
  ],
  [
    'it is silent while a debugger is at work',
    isSilent,
    { isDebugging: true },
    'not-ready: http does not respond, possibly because it is paused in the debugger: resume it there. (no summary)',
  ],
  [
    'it is silent elsewhere, where our debugger has no part in it',
    isSilent,
    { isDebugging: true, remote: true },
    'unresponsive: http does not respond: no answer within 5 s. Check it on the machine where it runs. (no answer within 5 s)',
  ],
])('says what is wrong with a component: %s', (_, health, facts, expected) => {
  expect(said(health, facts)).toBe(expected);
});
