import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock';
import { textOf } from '../../../src/core/messages/message';
import { LogFolder } from '../../../src/core/logs/log-folder';
import { logName } from '../../../src/core/logs/log-name';
import { removeOldLogs } from '../../../src/core/logs/old-logs';
import { discovered } from '../../support/bentos';
import { quietLog } from '../../support/quiet-log';

describe('the name of a log file', () => {
  it('is readable and the same each time', () => {
    const name = logName('/work', 'service.py:Search', 'Search', 'service:Embedder');
    expect(name).toMatch(/^Search-service_Embedder-[0-9a-f]{16}$/);
    expect(logName('/work', 'service.py:Search', 'Search', 'service:Embedder')).toBe(name);
  });

  it.each([
    '../../etc/passwd',
    'CON',
    'a:b*c?',
    'x'.repeat(500),
    'bento\u202egnp',
    '',
    '.',
    ' ',
    '你好',
  ])('is valid on every file system: %j', (hostile) => {
    const name = logName('/work', hostile, hostile, hostile);
    expect(name).toMatch(/^\w*-\w*-[0-9a-f]{16}$/);
    expect(name.length).toBeLessThan(100);
  });

  it('is of one component only', () => {
    const names = [
      logName('/work', 'a', 'n', 'http'),
      logName('/other', 'a', 'n', 'http'),
      logName('/work', 'b', 'n', 'http'),
      logName('/work', 'a', 'n', 'HTTP'),
      logName('/work', 'a', 'n', 'ht/tp'),
      logName('/work', 'a', 'n', 'ht:tp'),
      logName('/work', 'ah', 'n', 'ttp'),
    ].map((name) => name.toLowerCase());
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the folder of the log files', () => {
  let folder: string;
  const day = 24 * 60 * 60 * 1000;
  const now = Date.now();

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'log-folder-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function file(name: string, ageMs: number, size = 1): Promise<void> {
    await writeFile(path.join(folder, name), 'x'.repeat(size));
    const date = new Date(now - ageMs);
    await utimes(path.join(folder, name), date, date);
  }

  const names = async (): Promise<readonly string[]> => (await readdir(folder)).sort();

  it('loses what is older than 30 days, and nothing that is no log', async () => {
    await file('new.log', 29 * day);
    await file('old.log', 31 * day);
    await file('old.1.log', 31 * day);
    await file('other.txt', 31 * day);
    await removeOldLogs(folder, now);
    expect(await names()).toEqual(['new.log', 'other.txt']);
  });

  it('loses the oldest when there are too many, or they are too large', async () => {
    for (let index = 0; index < 9; index++) await file(`${index}.log`, index * 1000, 10);
    await removeOldLogs(folder, now, { maxAgeMs: day, maxBytes: 1000, maxFiles: 7 });
    expect(await names()).toHaveLength(7);
    await removeOldLogs(folder, now, { maxAgeMs: day, maxBytes: 35, maxFiles: 7 });
    expect(await names()).toEqual(['0.log', '1.log', '2.log']);
  });

  it('need not exist', async () => {
    await removeOldLogs(path.join(folder, 'none'), now);
  });

  it('tells once that nothing can be written, however many components there are', async () => {
    const directory = path.join(folder, 'logs');
    await writeFile(directory, '');
    const told: string[] = [];
    const logs = new LogFolder({
      directory,
      clock: systemClock,
      log: quietLog(),
      onFailure: (message) => told.push(textOf(message)),
    });
    const bento = discovered();
    for (const component of ['http', 'grpc']) logs.open(bento, component).event('started');
    await logs.flushed();
    expect(told).toEqual([
      `A log file cannot be written (a part of its path is not a folder). Check ${directory}. Serving and the terminals are not affected.`,
    ]);
    await rm(directory);
    await mkdir(directory);
    logs.open(bento, 'runner').event('started');
    await logs.flushed();
    expect(await readdir(directory)).toEqual([expect.stringMatching(/^Search-runner-.*\.log$/)]);
  });
});
