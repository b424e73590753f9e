import { describe, expect, it } from 'vitest';
import { say } from '../../../../../src/core/messages/message';
import type { Problem } from '../../../../../src/core/model';
import { lateRenewal, lateStart } from '../../../../../src/core/target/local/supervise/late-start';

const here = { name: 'http', remote: false, adviceWhenLate: say('lookAtTerminal') };
const elsewhere = { ...here, remote: true };
const told = ({ code, subject, setting, message }: Problem): readonly unknown[] => [
  ...[code, subject, setting, message],
];

describe('a component that is not ready in time', () => {
  it.each<[string, Problem, readonly unknown[]]>([
    [
      'gives no reason',
      lateStart(here, 1500, undefined),
      ['http', 'serveBento.startTimeout', /^http was not ready after 1\.5 s: /],
    ],
    [
      'gives the reason of its last probe',
      lateStart(here, 60_000, 'connection refused'),
      [
        'http',
        'serveBento.startTimeout',
        /^http was not ready after 60 s \(connection refused\): /,
      ],
    ],
    [
      'runs elsewhere, which the start timeout does not change',
      lateStart(elsewhere, 60_000, undefined),
      ['http', 'serveBento.runners', /^http was not ready after 60 s: /],
    ],
    [
      'has new workers that accept no connections',
      lateRenewal(here, 60_000),
      [undefined, 'serveBento.startTimeout', /http.*60 s/],
    ],
  ])('%s', (_, problem, [subject, setting, message]) => {
    expect(told(problem)).toEqual(['start-timeout', subject, setting, expect.any(String)]);
    expect(problem.message).toMatch(message as RegExp);
  });
});
