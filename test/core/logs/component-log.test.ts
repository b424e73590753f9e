import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ComponentLog } from '../../../src/core/logs/component-log';
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
  let folder: string;
  let clock: ManualClock;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'component-log-'));
    clock = new ManualClock();
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const log = (file = path.join(folder, 'http.log')): ComponentLog =>
    new ComponentLog({ clock, ownFolder: '/home/me/fraud', path: file });

  /** Without the times. */
  async function written(one: ComponentLog): Promise<string> {
    await one.flushed();
    return (await readFile(one.path, 'utf8')).replace(/^.{24}(?=\[)/gm, '');
  }

  it('gives a terminal the line ends it needs', () => {
    const one = log();
    void one.write('a\nb\r\nc', 'http#1', 'stdout');
    expect(one.output.text()).toBe('a\r\nb\r\nc');
  });

  it('leaves out the access log of probes that succeed, in the terminal only', async () => {
    const one = log();
    const line = (path: string, status: number): string =>
      `2026 [INFO] [api_server:x:1] 127.0.0.1:5 (scheme=http,method=GET,path=${path},type=,length=) (status=${status},type=text/plain,length=1) 0.4ms (trace=1)\n`;
    void one.write(
      `before\n${line('/readyz', 200)}${line('/readyz', 503)}${line('/livez', 200)}${line('/predict', 200)}`,
      'http#1',
      'stderr',
    );
    const text = one.output.text();
    expect(text).toMatch(/^before\r\n.*readyz.*503.*\r\n.*predict.*\r\n$/);
    expect((await written(one)).match(/path=\/(readyz|livez|predict)/g)).toHaveLength(4);
  });

  it('has output and events in its file, as plain text with their source', async () => {
    const one = log();
    one.event('http#1 started');
    void one.write('\u001b[32mINFO\u001b[0m one\u001b]52;c;aGk=\u0007\ntwo\r', 'http#1', 'stderr');
    void one.write('three', 'http#2', 'stdout');
    void one.write('\n', 'http#1', 'stderr');
    one.ended('http#2');
    one.event('stopped\nfor good');
    expect(await written(one)).toBe(
      '[Serve Bento] http#1 started\n[http#1 stderr] INFO one\n[http#1 stderr] two\n' +
        '[http#2 stdout] three\n[Serve Bento] stopped for good\n',
    );
  });

  it('goes on in the same file after a reload', async () => {
    const before = log();
    before.event('before');
    await before.flushed();
    const after = log();
    after.event('after');
    expect(await written(after)).toBe('[Serve Bento] before\n[Serve Bento] after\n');
  });

  it('writes a prompt after a second', async () => {
    const one = log();
    void one.write('password? ', 'http#1', 'stdout');
    await clock.pass(900);
    void one.write('please: ', 'http#1', 'stdout');
    await clock.pass(900);
    await expect(written(one)).rejects.toMatchObject({ code: 'ENOENT' });
    await clock.pass(1100);
    expect(await written(one)).toBe('[http#1 stdout] password? please: \n');
    expect(clock.waiting).toBe(0);
  });

  it('does not let an unterminated sequence of one process swallow the next one', () => {
    const one = log();
    void one.write('a\u001b]0;title', 'http#1', 'stdout');
    one.ended('http#1');
    void one.write('b', 'http#1', 'stdout');
    expect(one.output.text()).toBe('ab');
  });

  it('says once in the terminal that the file cannot be written, and goes on', async () => {
    await writeFile(path.join(folder, 'file'), '');
    const states: (string | undefined)[] = [];
    const one = new ComponentLog({
      clock,
      ownFolder: folder,
      path: path.join(folder, 'file', 'http.log'),
      onFileState: (failure) => states.push(failure),
    });
    void one.write('one\n', 'http#1', 'stdout');
    await one.flushed();
    void one.write('two\n', 'http#1', 'stdout');
    one.event('three');
    expect(one.output.text()).toMatch(
      /^one\r\n.*log stopped: a file has the name of its folder.*\r\ntwo\r\n.*three.*\r\n$/,
    );
    expect(states).toEqual(['a file has the name of its folder']);
    await rm(path.join(folder, 'file'));
    clock.jump(30_000);
    void one.write('four\n', 'http#1', 'stdout');
    expect(await written(one)).toBe(
      '[Serve Bento] log was stopped: 3 lines are missing here\n[http#1 stdout] four\n',
    );
    expect(one.output.text()).toContain('log goes on');
    expect(states).toEqual(['a file has the name of its folder', undefined]);
  });

  it('puts an event on a line of its own', () => {
    const one = log();
    void one.write('no end', 'http#1', 'stdout');
    one.event('stopped');
    expect(one.output.text()).toMatch(/^no end\r\n.*stopped.*\r\n$/);
  });

  it('tells a crash by its exception and place', () => {
    const one = log();
    void one.write(traceback, 'http#1', 'stderr');
    const problem = one.crashProblem('fraud', { code: 3, signal: null });
    expect(problem.message).toBe(
      'fraud exited with code 3: ValueError: no model named iris (/home/me/fraud/service.py:12).',
    );
    expect(problem.detail).toContain('Traceback');
  });

  it('does not blame an old traceback for a kill', () => {
    const one = log();
    void one.write(traceback, 'http#1', 'stderr');
    expect(one.crashProblem('fraud', { code: null, signal: 'SIGKILL' }).message).toBe(
      'fraud was killed by SIGKILL (out of memory?): look at its terminal.',
    );
  });
});
