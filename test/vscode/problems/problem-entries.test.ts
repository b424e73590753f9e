import { describe, expect, it } from 'vitest';
import type { Bento, BentoState, Problem } from '../../../src/core/model';
import { ProblemEntries } from '../../../src/vscode/problems/problem-entries';
import { bento, component } from '../../support/bentos';

const failure = (file = '/work/service.py', line = 3): Problem => ({
  code: 'crashed',
  message: 'Search exited with code 1: ValueError: x (service.py:3).',
  location: { file, line },
});

const having = (state: BentoState, problem?: Problem): Bento =>
  bento({
    state,
    ...(problem === undefined ? {} : { problem }),
    components: [component(problem === undefined ? {} : { state: 'failed', problem })],
  });

const entries = (): ProblemEntries => new ProblemEntries((file) => file.startsWith('/work/'));

describe('the problems of files', () => {
  it('are those of bentos and components, each once', () => {
    const all = entries();
    expect(all.update(having('failed', failure()))).toBe(true);
    expect(all.all).toEqual([
      {
        file: '/work/service.py',
        line: 3,
        code: 'crashed',
        message: 'Search exited with code 1: ValueError: x (service.py:3).',
      },
    ]);
    expect(all.update(having('failed', failure()))).toBe(false);
  });

  it('stay until the next good start', () => {
    const all = entries();
    all.update(having('failed', failure()));
    expect(all.update(having('starting'))).toBe(false);
    expect(all.update(having('stopped'))).toBe(false);
    expect(all.update(having('ready'))).toBe(true);
    expect(all.all).toEqual([]);
  });

  it('go with their bento', () => {
    const all = entries();
    all.update(having('failed', failure()));
    expect(all.keep(new Set())).toBe(true);
    expect(all.all).toEqual([]);
  });

  it('are those of the last failure', () => {
    const all = entries();
    all.update(having('failed', failure()));
    all.update(having('failed', failure('/work/model.py', 7)));
    expect(all.all).toMatchObject([{ file: '/work/model.py', line: 7 }]);
  });

  it('are never those of files outside of the bento’s folders, and these are looked at once', () => {
    const looked: string[] = [];
    const all = new ProblemEntries((file) => {
      looked.push(file);
      return false;
    });
    const same = failure('/venv/lib/x.py');
    all.update(having('failed', same));
    all.update(having('failed', same));
    expect(all.all).toEqual([]);
    expect(looked).toEqual(['/venv/lib/x.py']);
  });
});
