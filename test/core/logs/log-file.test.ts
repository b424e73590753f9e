import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock';
import { LogFile, type LogFileOptions } from '../../../src/core/logs/log-file';
import { textOf } from '../../../src/core/messages/message';
import { ManualClock } from '../../support/manual-clock';

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `line ${from + index}\n`).join('');

describe('a log file', () => {
  let folder: string;
  let file: string;
  const said: string[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'log-file-'));
    file = path.join(folder, 'logs', 'http.log');
    said.length = 0;
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const logFile = (options: Partial<LogFileOptions> = {}): LogFile =>
    new LogFile({
      path: file,
      clock: systemClock,
      onStop: (reason) => said.push(textOf(reason)),
      onResume: () => said.push('resumed'),
      gap: (missing) => `${missing} missing\n`,
      ...options,
    });

  const text = (name = file): Promise<string> => readFile(name, 'utf8');

  it('has what was written, in order, with a new object after the old', async () => {
    const first = logFile();
    for (let index = 0; index < 1000; index++) first.write(lines(index, index + 1));
    await first.flushed();
    const second = logFile();
    second.write('line 1', '000\n');
    await second.flushed();
    expect(await text()).toBe(lines(0, 1001));
  });

  it.runIf(process.platform !== 'win32')('can be read by nobody else', async () => {
    const log = logFile();
    log.write('x\n');
    await log.flushed();
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700);
  });

  it.runIf(process.platform !== 'win32')('does not write through a link', async () => {
    await mkdir(path.dirname(file));
    await symlink(path.join(folder, 'target'), file);
    const log = logFile();
    log.write('x\n');
    await log.flushed();
    expect(said).toEqual(['its links form a loop']);
    expect(await readdir(folder)).toEqual(['logs']);
  });

  it('writes the first record at once, those of the next 250 ms together, and all of them when it is flushed', async () => {
    const clock = new ManualClock();
    const log = logFile({ clock });
    log.write('first\n');
    await expect.poll(() => text().catch(() => '')).toBe('first\n');
    // The pause has begun.
    await expect.poll(() => clock.waiting).toBe(1);
    log.write('second\n');
    await clock.pass(249);
    log.write('third\n');
    expect(await text()).toBe('first\n');
    await clock.pass(1);
    await expect.poll(() => text()).toBe('first\nsecond\nthird\n');
    await expect.poll(() => clock.waiting).toBe(1);
    log.write('last\n');
    await log.flushed();
    expect(await text()).toBe('first\nsecond\nthird\nlast\n');
    expect(clock.waiting).toBe(0);
  });

  it('does not pause while much waits', async () => {
    const clock = new ManualClock();
    const log = logFile({ clock });
    log.write('first\n');
    await expect.poll(() => text().catch(() => '')).toBe('first\n');
    await expect.poll(() => clock.waiting).toBe(1);
    const much = lines(0, 40_000);
    log.write(much);
    await expect.poll(() => text()).toBe(`first\n${much}`);
  });

  it('turns at its limit, keeps so many pieces, and cuts no line', async () => {
    const log = logFile({ maxBytes: 1000, pieces: 3 });
    log.write(lines(0, 400));
    log.write(lines(400, 1000));
    await log.flushed();
    const names = (await readdir(path.dirname(file))).sort();
    expect(names).toEqual(['http.1.log', 'http.2.log', 'http.log']);
    const pieces = await Promise.all(
      ['http.2.log', 'http.1.log', 'http.log'].map((name) =>
        text(path.join(path.dirname(file), name)),
      ),
    );
    for (const piece of pieces) {
      expect(piece.length).toBeLessThanOrEqual(1000);
      expect(piece).toMatch(/^line \d+\n[^]*\n$/);
    }
    const all = pieces.join('');
    const first = Number(/\d+/.exec(all)?.[0]);
    expect(all).toBe(lines(first, 1000));
    expect(first).toBeLessThan(750);
  });

  it('gives a line that is larger than a piece one of its own', async () => {
    const log = logFile({ maxBytes: 100 });
    log.write('a\n', `${'b'.repeat(3_000_000)}\n`, 'c\n');
    await log.flushed();
    expect((await text(file.replace('.log', '.1.log'))).length).toBe(3_000_001);
    expect(await text()).toBe('c\n');
  });

  it('loses nothing of all characters, however large the pieces', async () => {
    const log = logFile();
    const piece = `${'aé€🍱'.repeat(9_999)}\n`;
    for (let index = 0; index < 100; index++) log.write(piece);
    await log.flushed();
    expect(await text()).toBe(piece.repeat(100));
  });

  it('asks to wait while too much waits', async () => {
    const log = logFile();
    const piece = `${'x'.repeat(99_999)}\n`;
    let count = 0;
    while (log.drained === undefined) {
      log.write(piece);
      count += 1;
    }
    expect(count).toBeGreaterThan(30);
    expect(count).toBeLessThan(60);
    await log.drained;
    await log.flushed();
    expect(log.drained).toBeUndefined();
    expect((await stat(file)).size).toBe(count * 100_000);
  });

  it('says once that it stopped, tries again after 30 s and tells what is missing', async () => {
    const clock = new ManualClock();
    await mkdir(file, { recursive: true });
    const log = logFile({ clock });
    log.write('one\n');
    await log.flushed();
    log.write('two\nthree\n');
    clock.jump(30_000);
    log.write('four\n');
    await log.flushed();
    expect(said).toEqual(['it is a folder']);
    await rm(file, { recursive: true });
    log.write('five\n');
    await log.flushed();
    clock.jump(30_000);
    log.write('six\n');
    await log.flushed();
    log.write('seven\n');
    await log.flushed();
    expect(said).toEqual(['it is a folder', 'resumed']);
    expect(await text()).toBe('5 missing\nsix\nseven\n');
  });

  it.runIf(process.platform === 'linux')('knows a full disk', async () => {
    const log = logFile({ path: '/dev/full' });
    for (let index = 0; index < 100; index++) log.write(lines(0, 1000));
    await log.flushed();
    log.write('x\n');
    expect(said).toEqual(['there is no space left']);
  });

  it.runIf(process.platform !== 'win32')('does not wait for a disk that hangs', async () => {
    const clock = new ManualClock();
    await mkdir(path.dirname(file));
    // Opening it for writing waits for somebody who reads.
    execFileSync('mkfifo', [file]);
    const log = logFile({ clock });
    const piece = `${'x'.repeat(999_999)}\n`;
    for (let count = 0; count < 6; count++) log.write(piece);
    let isDrained = false;
    void log.drained?.then(() => (isDrained = true));
    await clock.pass(4_999);
    expect(isDrained).toBe(false);
    await clock.pass(1);
    expect(isDrained).toBe(true);
    expect(said).toEqual(['its drive does not answer']);
    log.write('dropped\n');
    expect(log.drained).toBeUndefined();
    // It goes on by itself when the disk does.
    const content = readFile(file, 'utf8');
    await log.flushed();
    await content;
    await rm(file);
    log.write('again\n');
    await log.flushed();
    expect(said).toEqual(['its drive does not answer', 'resumed']);
    expect(await text()).toBe('6 missing\nagain\n');
  });
});
