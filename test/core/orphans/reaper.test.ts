import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '../../../src/core/clock';
import { Reaper } from '../../../src/core/orphans/reaper';
import { RunFiles } from '../../../src/core/orphans/run-files';
import type { RunRecord } from '../../../src/core/orphans/run-record';
import { Runs } from '../../../src/core/orphans/runs';
import { quietLog } from '../../support/quiet-log';
import { FakeProcesses } from './fake-processes';

const mark = 'ab'.repeat(16);
const other = 'cd'.repeat(16);
const host = { pid: 10, start: '100' };
const helper = { pid: 11, start: '101' };
const record: RunRecord = { version: 1, mark, system: 'here', host, helper };

/** A hundred times as fast. */
const hasty: Clock = {
  ...systemClock,
  now: () => systemClock.now() * 100,
  after: (ms, action) => systemClock.after(ms / 100, action),
};

describe.skipIf(process.platform === 'win32')('what was left', () => {
  let root: string;
  let files: RunFiles;
  let processes: FakeProcesses;
  const log = quietLog();

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'reaper-'));
    files = new RunFiles(join(root, 'runs'), log);
    processes = new FakeProcesses();
    log.lines.length = 0;
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  const reap = (): Promise<void> => new Reaper({ files, processes, log, clock: hasty }).reap();
  const marksLeft = async (): Promise<readonly string[]> =>
    (await files.read(Date.now())).map((one) => one.mark);

  it('is ended: the helper politely, then all with the mark, in rounds', async () => {
    await files.write(record);
    processes.living = [
      { ...helper, mark },
      { pid: 12, start: '102', mark },
      { pid: 13, start: '103', mark: other },
    ];
    processes.heirs.set(12, { pid: 14, start: '104', mark });
    await reap();
    expect(processes.living).toEqual([{ pid: 13, start: '103', mark: other }]);
    expect(processes.signals).toEqual(['SIGTERM 11', 'SIGKILL 12', 'SIGKILL 14']);
    expect(await marksLeft()).toEqual([]);
  });

  it('includes a helper that is deaf, after a time', async () => {
    await files.write(record);
    processes.living = [{ ...helper, mark, deafTo: ['SIGTERM'] }];
    await reap();
    expect(processes.signals).toEqual(['SIGTERM 11', 'SIGCONT 11', 'SIGKILL 11']);
  });

  it('is not what a living host serves, nor what is of another system', async () => {
    await files.write(record);
    await files.write({ ...record, mark: other, system: 'there', host: { pid: 99, start: '1' } });
    processes.living = [host, helper, { pid: 12, start: '102', mark }];
    await reap();
    expect(processes.signals).toEqual([]);
    expect((await marksLeft()).toSorted()).toEqual([mark, other]);
  });

  it('is not who has the pid of the helper now', async () => {
    await files.write(record);
    processes.living = [{ ...helper, start: '999' }];
    await reap();
    expect(processes.signals).toEqual([]);
    expect(await marksLeft()).toEqual([]);
  });

  it('is not a process that a forged file names: it has no mark of ours', async () => {
    await files.write(record);
    processes.living = [helper, { ...host, pid: 15 }];
    await reap();
    expect(processes.signals).toEqual([]);
    expect(processes.living).toHaveLength(2);
    expect(await marksLeft()).toEqual([]);
  });

  it('stays on record while somebody does not end', async () => {
    await files.write(record);
    processes.living = [{ pid: 12, start: '102', mark, deafTo: ['SIGKILL'] }];
    await reap();
    expect(await marksLeft()).toEqual([mark]);
    expect(log.lines.at(-1)).toContain('1 processes do not end');
  });

  it('stays on record when the system does not tell', async () => {
    await files.write(record);
    processes.identity = () => Promise.reject(new Error('EMFILE'));
    await reap();
    expect(await marksLeft()).toEqual([mark]);
    expect(log.lines.at(-1)).toContain('EMFILE');
  });

  it('holds nobody up when the system hangs', async () => {
    await files.write(record);
    processes.marked = () => new Promise(() => undefined);
    await reap();
    expect(await marksLeft()).toEqual([mark]);
  });

  it.each([
    ['a run directory', 'serve-bento-aB3xYz', true],
    ['a folder of another name', 'precious', false],
    ['a folder with a longer name', 'serve-bento-test-aB3xYz', false],
  ])('its folder, %s: removed or not', async (_, name, isRemoved) => {
    const directory = join(root, name);
    await mkdir(directory, { mode: 0o700 });
    await files.write({ ...record, directory });
    await reap();
    expect(existsSync(directory)).toBe(!isRemoved);
  });

  it('its folder: not through a link, not when others can read it, not by a relative path', async () => {
    const precious = join(root, 'serve-bento-aaaaaa');
    await mkdir(join(precious, 'inside'), { recursive: true });
    await chmod(precious, 0o755);
    const link = join(root, 'serve-bento-bbbbbb');
    await symlink(precious, link);
    for (const directory of [precious, link, 'serve-bento-cccccc', `${precious}/..`]) {
      await files.write({ ...record, directory });
      await reap();
    }
    expect(await readdir(precious)).toEqual(['inside']);
  });

  describe('of a run that ends while we live', () => {
    const begin = (directory?: string) =>
      new Runs({ files, processes, log, clock: hasty }).begin(directory);

    beforeEach(() => {
      processes.living = [{ pid: process.pid, start: '1' }, helper];
    });

    it('is on record from the beginning, with the helper when there is one', async () => {
      const run = await begin('/run/serve-bento-aB3xYz');
      const expected = {
        version: 1,
        mark: run.mark,
        system: 'here',
        host: { pid: process.pid, start: '1' },
        directory: '/run/serve-bento-aB3xYz',
      };
      expect(await files.read(Date.now())).toEqual([expected]);
      run.helperIs(helper.pid);
      await expect.poll(() => files.read(Date.now())).toEqual([{ ...expected, helper }]);
      await run.end(true);
      expect(await marksLeft()).toEqual([]);
    });

    it('is nothing after an orderly end, however short it was', async () => {
      const run = await begin();
      run.helperIs(helper.pid);
      await run.end(true);
      expect(await marksLeft()).toEqual([]);
      expect(processes.signals).toEqual([]);
    });

    it('is ended by the mark after any other end', async () => {
      const run = await begin();
      processes.living.push({ pid: 12, start: '102', mark: run.mark });
      await run.end(false);
      expect(processes.signals).toEqual(['SIGKILL 12']);
      expect(await marksLeft()).toEqual([]);
    });

    it('is not a process that a forged file names: it has no mark of ours', async () => {
      await files.write(record);
      processes.living = [helper, { ...host, pid: 15 }];
      await reap();
      expect(processes.signals).toEqual([]);
      expect(processes.living).toHaveLength(2);
      expect(await marksLeft()).toEqual([]);
    });

    it('stays on record while somebody does not end', async () => {
      const run = await begin();
      processes.living.push({ pid: 12, start: '102', mark: run.mark, deafTo: ['SIGKILL'] });
      await run.end(false);
      expect(await marksLeft()).toEqual([run.mark]);
    });

    it('is ended by the mark also where no file can be written', async () => {
      const file = join(root, 'runs');
      await symlink('/dev/null', file);
      const run = await begin();
      expect(log.lines.at(-1)).toContain('cannot be written');
      processes.living.push({ pid: 12, start: '102', mark: run.mark });
      run.helperIs(helper.pid);
      await run.end(false);
      expect(processes.signals).toEqual(['SIGKILL 12']);
    });
  });
});
