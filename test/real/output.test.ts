import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock';
import { Helper } from '../../src/core/target/local/helper/helper';
import type { ManagedProcess } from '../../src/core/target/local/helper/process-host';
import { ComponentLog } from '../../src/core/logs/component-log';
import { long } from '../support/long';
import { moment } from '../support/pauses';
import { quietLog } from '../support/quiet-log';
import { temporaryRuns } from '../support/temporary-runs';
import { until } from '../support/until';

const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();

const flood = `
import os
while True:
    os.write(1, b"flood\\n" * 10000)`;

describe('the way of output from a process to its log file', () => {
  let folder: string;
  let helper: Helper;
  let log: ComponentLog;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'output-test-'));
    helper = await Helper.start({
      clock: systemClock,
      python,
      scripts: path.resolve('src/python'),
      env: { PATH: process.env['PATH'] ?? '' },
      assertTrusted: () => undefined,
      cancel: new AbortController().signal,
      log: quietLog(),
      directory: path.join(folder, 'run'),
      runs: temporaryRuns(folder),
    });
    log = new ComponentLog({
      clock: systemClock,
      path: path.join(folder, 'logs/http.log'),
      maxBytes: 20_000_000,
      pieces: 50,
    });
  });

  afterEach(async () => {
    await helper.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const relay = (): void => {
    helper.onOutput(({ process, stream, text }) => {
      const drained = log.write(text, process, stream);
      if (drained !== undefined) helper.hold(drained);
    });
  };

  const run = (source: string, name = 'http#1'): Promise<ManagedProcess> =>
    helper.spawn({
      process: name,
      group: 'http',
      argv: [python, '-u', '-c', source],
      env: { PATH: process.env['PATH'] ?? '' },
      cwd: folder,
      fds: [],
      deathSignal: 'SIGKILL',
    });

  it('keeps every line of 100 MB from two processes, in order', long, async () => {
    relay();
    const lines = 500_000;
    const source = `
import os
for block in range(${lines / 1000}):
    data = memoryview(b"".join(b"\\x1b[32mline\\x1b[0m %07d " % (block * 1000 + n) + b"x" * 90 + b"\\n" for n in range(1000)))
    while data:
        data = data[os.write(1, data):]`;
    const children = await Promise.all([run(source, 'http#1'), run(source, 'http#2')]);
    await Promise.all(children.map(({ exited }) => exited));
    await log.flushed();
    const number = (name: string): number => Number(/\.(\d+)\.log$/.exec(name)?.[1] ?? 0);
    const logs = path.join(folder, 'logs');
    const names = (await readdir(logs)).sort((a, b) => number(b) - number(a));
    expect(names.length).toBeGreaterThan(5);
    const next = new Map([
      ['http#1', 0],
      ['http#2', 0],
    ]);
    const wrong: string[] = [];
    for (const name of names) {
      for await (const line of createInterface(createReadStream(path.join(logs, name)))) {
        const [, source = '', count] =
          /^.{24}\[(http#\d) stdout\] line (\d{7}) x{90}$/.exec(line) ?? [];
        if (Number(count) !== next.get(source)) wrong.push(line.slice(0, 100));
        next.set(source, Number(count) + 1);
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect([...next.values()]).toEqual([lines, lines]);
  });

  it('keeps bytes that are no UTF-8, characters in pieces, a line of 3 MB and control characters', async () => {
    relay();
    const child = await run(`
import os, time
os.write(1, b"one \\xff\\xfe ")
for byte in "\\u20ac\\U0001f371\\n".encode():
    os.write(1, bytes([byte])); time.sleep(0.01)
data = b"y" * 3000000 + b"\\nnul \\x00 bell \\x07\\r10%\\r20%\\r\\n"
while data:
    data = data[os.write(1, data):]
os.write(1, b"\\x1b]52;c;aGVsbG8=\\x07\\x1b]8;;vscode://x\\x1b\\\\link\\x1b]8;;\\x1b\\\\\\x1b]633;A\\x07\\x1bP1$r\\x1b\\\\\\x1b[2J\\x1b[31mred\\n")
os.write(1, b"\\x1b]0;never ended")`);
    await child.exited;
    log.ended('http#1');
    await log.flushed();
    const records = (await readFile(log.path, 'utf8')).split('\n').map((line) => line.slice(24));
    expect(records[0]).toBe('[http#1 stdout] one \ufffd\ufffd €🍱');
    const long = records.filter((record) => record.includes('yyy'));
    expect(long.join('').replace(/\[http#1 stdout(?: \+)?\] /g, '')).toBe('y'.repeat(3_000_000));
    expect(long.slice(1).every((record) => record.startsWith('[http#1 stdout +]'))).toBe(true);
    expect(records.slice(1 + long.length)).toEqual([
      String.raw`[http#1 stdout] nul  bell \r10%\r20%`,
      '[http#1 stdout] linkred',
      '',
    ]);
  });

  it('has the process wait while nothing is read, and still obeys', async () => {
    let bytes = 0;
    const { promise: never, resolve } = Promise.withResolvers<undefined>();
    helper.onOutput(({ text }) => {
      bytes += text.length;
      helper.hold(never);
    });
    const child = await run(flood);
    await until('the output to stop', async () => {
      const before = bytes;
      await moment(300);
      return bytes > 0 && bytes === before;
    });
    expect(bytes).toBeLessThan(2_000_000);
    const from = performance.now();
    expect(await helper.kill('http')).toBe(1);
    expect(performance.now() - from).toBeLessThan(1_000);
    resolve(undefined);
    expect(await child.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('stops a flood at once, with the log following', async () => {
    relay();
    const children = await Promise.all([run(flood, 'http#1'), run(flood, 'http#2')]);
    await moment(500);
    const from = performance.now();
    await helper.terminate('http');
    await Promise.all(children.map(({ exited }) => exited));
    expect(performance.now() - from).toBeLessThan(1_000);
  });

  it('ends with the life line while nothing is read', async () => {
    helper.onOutput(() => helper.hold(new Promise(() => undefined)));
    const child = await run(flood);
    await moment(300);
    const from = performance.now();
    await helper.end();
    expect(performance.now() - from).toBeLessThan(3_000);
    expect((await child.exited).signal).not.toBeNull();
  });
});
