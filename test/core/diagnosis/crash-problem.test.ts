import { describe, expect, it } from 'vitest';
import { crashProblem } from '../../../src/core/diagnosis/crash-problem';
import { FirstCrash } from '../../../src/core/diagnosis/first-crash';
import type { ExitStatus } from '../../../src/core/programs/exit-status';
import type { Problem } from '../../../src/core/model';
import { ManualClock } from '../../support/manual-clock';
import { folder, fraudContext } from './fraud-files';

const traceback = (exception: string): string =>
  `Traceback (most recent call last):\n  File "${folder}/service.py", line 12, in f\n    x()\n${exception}\n`;

const told = (streams: readonly string[], status: Partial<ExitStatus> = {}): Problem =>
  crashProblem(
    'fraud',
    { code: 1, signal: null, ...status },
    { streams, all: streams.join('') },
    fraudContext(),
  );

describe('a crash', () => {
  it('is told by its exception and place', () => {
    expect(told([traceback('ValueError: no model named iris')], { code: 3 })).toMatchObject({
      code: 'crashed',
      subject: 'fraud',
      summary: 'ValueError: no model named iris (service.py:12)',
      message: 'fraud exited with code 3: ValueError: no model named iris (service.py:12).',
      detail: traceback('ValueError: no model named iris'),
      location: { file: `${folder}/service.py`, line: 12 },
    });
  });

  it('has its repair where there is one', () => {
    const problem = told([traceback("ModuleNotFoundError: No module named 'torch'")]);
    expect(problem.message).toMatch(/^fraud exited with code 1: torch is not installed/);
    expect(problem).toMatchObject({ code: 'crashed', install: ['torch'] });
  });

  it('is told apart where programs can do something about it', () => {
    const taken = traceback('OSError: [Errno 98] Address already in use');
    expect(told([taken.replace(folder, '/venv/lib')]).code).toBe('port-in-use');
    // No setting moves what the service's own code listens on.
    expect(told([taken])).toMatchObject({
      code: 'crashed',
      message: expect.stringContaining('own code listens on') as string,
    });
  });

  it('may have said why on its other stream', () => {
    expect(told(['no', traceback('ValueError: x')]).message).toContain('ValueError: x');
  });

  it('does not blame an old traceback for a kill', () => {
    const status = { code: null, signal: 'SIGKILL' };
    expect(told([traceback('ValueError: x')], status).message).toBe(
      'fraud was killed by SIGKILL (out of memory?): look at its terminal.',
    );
  });
});

describe('of processes that fall together', () => {
  const problem = (message: string): Problem => ({ code: 'crashed', message });

  it('the first one tells why', () => {
    const clock = new ManualClock();
    const first = new FirstCrash(clock);
    expect(first.of('http#1', problem('one')).message).toBe('one');
    clock.jump(1000);
    expect(first.of('http#2', problem('two')).message).toBe('one');
  });

  it('those that fall later, or again, tell for themselves', () => {
    const clock = new ManualClock();
    const first = new FirstCrash(clock);
    first.of('http#1', problem('one'));
    expect(first.of('http#1', problem('again')).message).toBe('again');
    clock.jump(2000);
    expect(first.of('http#2', problem('later')).message).toBe('later');
  });
});
