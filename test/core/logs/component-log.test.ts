import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ComponentLog } from '../../../src/core/logs/component-log';
import { RecentOutput } from '../../../src/core/logs/recent-output';
import { textOf } from '../../../src/core/messages/message';
import { ManualClock } from '../../support/manual-clock';

describe('the log of a component', () => {
  let folder: string;
  let clock: ManualClock;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'component-log-'));
    clock = new ManualClock();
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const log = (file = path.join(folder, 'http.log')): ComponentLog =>
    new ComponentLog({ clock, path: file });

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
      path: path.join(folder, 'file', 'http.log'),
      onFileState: (failure) => states.push(failure === undefined ? failure : textOf(failure)),
    });
    void one.write('one\n', 'http#1', 'stdout');
    await one.flushed();
    void one.write('two\n', 'http#1', 'stdout');
    one.event('three');
    expect(one.output.text()).toMatch(
      /^one\r\n.*log stopped: a part of its path is not a folder.*\r\ntwo\r\n.*three.*\r\n$/,
    );
    expect(states).toEqual(['a part of its path is not a folder']);
    await rm(path.join(folder, 'file'));
    clock.jump(30_000);
    void one.write('four\n', 'http#1', 'stdout');
    expect(await written(one)).toBe(
      '[Serve Bento] log was stopped: 3 lines are missing here\n[http#1 stdout] four\n',
    );
    expect(one.output.text()).toContain('log goes on');
    expect(states).toEqual(['a part of its path is not a folder', undefined]);
  });

  it('shows no control characters of an event', () => {
    const one = log();
    one.event('failed\u001b]0;title\u0007\nnext');
    expect(one.output.text()).toMatch(/failed ]0;title next/);
  });

  it('puts an event on a line of its own', () => {
    const one = log();
    void one.write('no end', 'http#1', 'stdout');
    one.event('stopped');
    expect(one.output.text()).toMatch(/^no end\r\n.*stopped.*\r\n$/);
  });

  it('keeps what each process said apart', () => {
    const one = log();
    void one.write('first\n', 'http#1', 'stderr');
    void one.write('\u001b]52;c;x\u0007second\n', 'http#2', 'stderr');
    expect(one.recentOutput.take('http#2').all).toBe('second\n');
    expect(one.recentOutput.take('http#1').all).toBe('first\n');
  });
});

describe('the last words of a process', () => {
  it('are those of each stream, errors first, and all in the order they came', () => {
    const words = new RecentOutput();
    words.add('http#1', 'stdout', 'a');
    words.add('http#1', 'stderr', 'b');
    words.add('http#1', 'stdout', 'c');
    expect(words.take('http#1')).toEqual({ streams: ['b', 'ac'], all: 'abc' });
  });

  it('are forgotten with it', () => {
    const words = new RecentOutput();
    words.add('http#1', 'stderr', 'a');
    words.take('http#1');
    expect(words.take('http#1')).toEqual({ streams: [], all: '' });
  });

  it('are bounded', () => {
    const words = new RecentOutput();
    for (let line = 0; line < 20_000; line++) words.add('http#1', 'stderr', `line ${line}\n`);
    words.add('http#2', 'stderr', 'x'.repeat(1_000_000));
    const { all } = words.take('http#1');
    expect(all.length).toBeLessThanOrEqual(64_000);
    expect(all.endsWith('line 19999\n')).toBe(true);
    expect(words.take('http#2').all).toHaveLength(64_000);
  });
});
