import { expect, it } from 'vitest';
import type { ComponentLog } from '../../../../src/core/logs/component-log';
import type { Problem } from '../../../../src/core/model';
import { logFailedStart } from '../../../../src/core/target/local/log-failed-start';

const written = (problem: Problem): readonly string[] => {
  const lines: string[] = [];
  const log = {
    event: (text: string) => void lines.push(`event: ${text}`),
    write: (text: string, process: string, stream: string) => {
      lines.push(`${process} ${stream}: ${text}`);
      return undefined;
    },
    ended: (process: string) => void lines.push(`${process} ended`),
  } as unknown as ComponentLog;
  logFailedStart(() => log, problem);
  return lines;
};

const problem: Problem = { code: 'import-failed', message: 'The import failed.' };

it.each<[string, Problem, readonly string[]]>([
  ['a message alone', problem, ['event: not started: The import failed.']],
  [
    'a detail that ends in the middle of a line',
    { ...problem, detail: 'Traceback' },
    ['event: not started: The import failed.', 'start stderr: Traceback\n', 'start ended'],
  ],
  [
    'a detail of whole lines',
    { ...problem, detail: 'Traceback\nValueError\n' },
    [
      'event: not started: The import failed.',
      'start stderr: Traceback\nValueError\n',
      'start ended',
    ],
  ],
  ['a problem of one component, whose log has it', { ...problem, component: 'http' }, []],
])('writes why a start failed: %s', (_, own, lines) => {
  expect(written(own)).toEqual(lines);
});
