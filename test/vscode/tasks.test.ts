import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { taskLines } from '../../src/vscode/tasks/serve-task-lines';

interface Matcher {
  readonly name: string;
  readonly background: { readonly beginsPattern: string; readonly endsPattern: string };
  readonly pattern: { readonly regexp: string };
}

const { contributes } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { contributes: { problemMatchers: readonly [Matcher] } };
const [{ background, pattern }] = contributes.problemMatchers;

describe('the problem matcher of tasks', () => {
  it('sees when a serve begins and when it is over', () => {
    const begins = new RegExp(background.beginsPattern);
    const ends = new RegExp(background.endsPattern);
    expect(taskLines.serving('Search')).toMatch(begins);
    for (const line of [
      taskLines.ready('Search', undefined),
      taskLines.ready('Search', 'http://127.0.0.1:3000'),
      taskLines.failed('There is no bento Serch.'),
    ]) {
      expect(line).toMatch(ends);
      expect(line).not.toMatch(begins);
    }
  });

  // They are among the problems already, for every way of serving.
  it('takes nothing for a problem', () => {
    const regexp = new RegExp(pattern.regexp);
    for (const line of ['service.py:3: error: no', taskLines.failed('no'), '']) {
      expect(line).not.toMatch(regexp);
    }
  });
});
