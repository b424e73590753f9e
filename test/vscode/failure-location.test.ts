import { describe, expect, it } from 'vitest';
import { PlanFailure } from '../../src/core/plan/plan-failure';
import { ServeError } from '../../src/core/problem';
import { failureLocation } from '../../src/vscode/failure-location';

const crashed = (detail: string): ServeError =>
  new ServeError({ code: 'crashed', message: 'http exited.', detail });

const traceback = (file: string): string =>
  `Traceback (most recent call last):\n  File "${file}", line 3, in <module>\n    boom()\nValueError: boom`;

describe('the place of a failure', () => {
  it('is what the planner found', () => {
    const place = { file: '/w/service.py', line: 7 };
    const failure = new PlanFailure({ code: 'import-failed', message: 'No.' }, place);
    expect(failureLocation(failure)).toEqual(place);
  });

  it('is the last frame of a crash, where it is a file', () => {
    expect(failureLocation(crashed(traceback('/w/service.py')), '/w')).toEqual({
      file: '/w/service.py',
      line: 3,
    });
    expect(failureLocation(crashed(traceback('<frozen importlib>')))).toBeUndefined();
    expect(failureLocation(crashed('no traceback'))).toBeUndefined();
    expect(failureLocation(new Error('other'))).toBeUndefined();
  });
});
