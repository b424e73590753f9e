import { describe, expect, it } from 'vitest';
import type { Problem, ProblemAction } from '../../../src/core/model';
import { nextSteps } from '../../../src/vscode/problems/next-steps';

const settings: readonly ProblemAction[] = ['openFile', 'enterVariable', 'openSettings'];

/** What helps, by the code of the problem. */
const steps: Readonly<Record<Problem['code'], readonly ProblemAction[]>> = {
  'no-bentoml': ['install', 'selectInterpreter'],
  'no-python': ['selectInterpreter'],
  'unsupported-version': ['selectInterpreter'],
  'import-failed': ['install', 'openFile'],
  crashed: ['install', 'openFile'],
  'grpc-unavailable': ['install', 'openFile'],
  'port-in-use': ['serveOnFreePort', 'openSettings'],
  settings,
  'start-timeout': settings,
  'unknown-runner': settings,
  'missing-runner': settings,
  tls: settings,
  untrusted: ['manageTrust'],
  debugger: [],
  profile: [],
  stacks: [],
  cancelled: [],
  'not-found': [],
  store: [],
  'engine-not-found': [],
  'engine-too-old': [],
  'engine-denied': [],
  'engine-unreachable': [],
  'engine-failed': [],
  'engine-conflict': [],
  'engine-rejected': [],
  'no-context': [],
  'no-capacity': [],
  'image-unavailable': [],
  'image-missing': [],
  'build-failed': [],
  'push-failed': [],
  'registry-denied': [],
  'registry-unreachable': [],
  'no-space': [],
  'not-ready': [],
  unresponsive: [],
};

describe('the next steps for a problem', () => {
  it.each(Object.entries(steps))('%s: %j', (code, expected) => {
    expect(nextSteps({ code: code as Problem['code'], message: 'x' })).toEqual(expected);
  });

  it('are those that the problem names itself, also if it names none', () => {
    const problem: Problem = { code: 'crashed', message: 'x' };
    expect(nextSteps({ ...problem, actions: ['openSettings'] })).toEqual(['openSettings']);
    expect(nextSteps({ ...problem, actions: [] })).toEqual([]);
  });
});
