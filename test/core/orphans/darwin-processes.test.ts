import { describe, expect, it } from 'vitest';
import { DarwinProcesses, readRows } from '../../../src/core/orphans/darwin-processes';
import type { RunResult } from '../../../src/core/programs/run';

const mark = 'ab'.repeat(16);
const user = process.geteuid?.() ?? 0;
const table = `
    1     0     0 Ss   Mon Sep  1 08:00:00 2025     /sbin/launchd
  501     1  ${user} S    Mon Sep 29 12:00:00 2025     /usr/bin/python3 -m worker PATH=/bin SERVE_BENTO_MARK=${mark}:http HOME=/Users/me
  502   501  ${user} S+   Mon Sep 29 12:00:01 2025     sleep 60
  503     1  ${user} Z    Mon Sep 29 12:00:02 2025     (python3) SERVE_BENTO_MARK=${mark}
  504     1  ${user} S    Mon Sep 29 12:00:03 2025     vim XSERVE_BENTO_MARK=${mark}
  505     1  ${user + 1} S    Mon Sep 29 12:00:04 2025     python SERVE_BENTO_MARK=${mark}
`;

const processes = (result: Partial<RunResult>) =>
  new DarwinProcesses(() =>
    Promise.resolve({
      stdout: '',
      stderr: '',
      exitCode: 0,
      signal: null,
      failed: false,
      timedOut: false,
      cancelled: false,
      flooded: false,
      ...result,
    }),
  );

describe.skipIf(process.platform === 'win32')('the processes of macOS', () => {
  it('are read from the table of ps, without those that have ended', () => {
    expect(readRows(table).map(({ pid, parent, start }) => [pid, parent, start])).toEqual([
      [1, 0, 'Mon Sep 1 08:00:00 2025'],
      [501, 1, 'Mon Sep 29 12:00:00 2025'],
      [502, 501, 'Mon Sep 29 12:00:01 2025'],
      [504, 1, 'Mon Sep 29 12:00:03 2025'],
      [505, 1, 'Mon Sep 29 12:00:04 2025'],
    ]);
  });

  it('are marked with their descendants, of this user only', async () => {
    const found = await processes({ stdout: table }).marked(new Set([mark]));
    expect(found.map(({ pid }) => pid)).toEqual([501, 502]);
  });

  it('do not exist when ps says nothing and 1; when it fails, nobody knows', async () => {
    expect(await processes({ exitCode: 1 }).identity(7)).toBeUndefined();
    for (const failure of [
      { exitCode: 1, stderr: 'ps: cannot' },
      { exitCode: null, signal: 'SIGKILL', timedOut: true },
      { exitCode: null, startError: 'EAGAIN' },
    ]) {
      await expect(processes(failure).identity(7)).rejects.toThrow('ps did not tell');
    }
  });
});
