import { describe, expect, it } from 'vitest';
import { ComponentLog } from '../../../src/core/logs/component-log';
import { OutputHistory } from '../../../src/core/logs/output-history';
import { rootCause } from '../../../src/core/logs/root-cause';
import { ManualClock } from '../../support/manual-clock';

const traceback = `some line
Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/uvicorn/server.py", line 10, in run
    await x
  File "/home/me/fraud/service.py", line 12, in __init__
    raise ValueError("no model named iris")
  File "/home/me/fraud/.venv/lib/python3.11/site-packages/lib.py", line 3, in load
    raise
ValueError: no model named iris
`;

describe('the root cause', () => {
  it("is the last exception, with the deepest line of the user's own", () => {
    expect(rootCause(traceback, '/home/me/fraud')).toEqual({
      exception: 'ValueError: no model named iris',
      file: '/home/me/fraud/service.py',
      line: 12,
    });
  });

  it('is found between colours and carriage returns', () => {
    const coloured = traceback.replaceAll('\n', '\u001b[0m\r\n');
    expect(rootCause(coloured, '/home/me/fraud')?.exception).toBe(
      'ValueError: no model named iris',
    );
  });

  it('is the deepest line when none is the user’s own', () => {
    expect(rootCause(traceback)?.file).toMatch(/lib\.py$/);
  });

  it.each(['', 'no traceback', 'Traceback (most recent call last):\n  File "x'])(
    'is not invented: %j',
    (output) => {
      expect(rootCause(output)).toBeUndefined();
    },
  );
});

describe('the log of a component', () => {
  const log = (): ComponentLog => new ComponentLog(new ManualClock(), '/home/me/fraud');

  it('gives a terminal the line ends it needs', () => {
    const one = log();
    one.write('a\nb\r\nc', 'out');
    expect(one.output.text()).toBe('a\r\nb\r\nc');
  });

  it('leaves out the access log of probes that succeed, and nothing else', () => {
    const one = log();
    const line = (path: string, status: number): string =>
      `2026 [INFO] [api_server:x:1] 127.0.0.1:5 (scheme=http,method=GET,path=${path},type=,length=) (status=${status},type=text/plain,length=1) 0.4ms (trace=1)\n`;
    one.write(
      `before\n${line('/readyz', 200)}${line('/readyz', 503)}${line('/livez', 200)}${line('/predict', 200)}`,
      'err',
    );
    const text = one.output.text();
    expect(text).toMatch(/^before\r\n.*readyz.*503.*\r\n.*predict.*\r\n$/);
  });

  it('puts an event on a line of its own', () => {
    const one = log();
    one.write('no end', 'out');
    one.event('stopped');
    expect(one.output.text()).toMatch(/^no end\r\n.*stopped.*\r\n$/);
  });

  it('tells a crash by its exception and place', () => {
    const one = log();
    one.write(traceback, 'err');
    const problem = one.crashProblem('fraud', { code: 3, signal: null });
    expect(problem.message).toBe(
      'fraud exited with code 3: ValueError: no model named iris (/home/me/fraud/service.py:12).',
    );
    expect(problem.detail).toContain('Traceback');
  });

  it('does not blame an old traceback for a kill', () => {
    const one = log();
    one.write(traceback, 'err');
    expect(one.crashProblem('fraud', { code: null, signal: 'SIGKILL' }).message).toBe(
      'fraud was killed by SIGKILL (out of memory?): look at its terminal.',
    );
  });
});

describe('the output history', () => {
  it('keeps the newest and says what it dropped', () => {
    const history = new OutputHistory(10);
    history.append('12345');
    history.append('67890');
    history.append('abc');
    expect(history.text()).toBe('… 5 older characters dropped …\r\n67890abc');
  });

  it('tells what comes later', () => {
    const history = new OutputHistory();
    const seen: string[] = [];
    const subscription = history.onDidAppend((text) => seen.push(text));
    history.append('one');
    subscription.dispose();
    history.append('two');
    expect(seen).toEqual(['one']);
  });
});
