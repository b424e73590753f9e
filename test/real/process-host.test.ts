import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe } from 'vitest';
import { systemClock } from '../../src/core/clock';
import { Helper } from '../../src/core/target/local/helper/helper';
import { processHostContract, type ContractProgram } from '../support/process-host-contract';
import { quietLog } from '../support/quiet-log';
import { temporaryRuns } from '../support/temporary-runs';

const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
  encoding: 'utf8',
}).trim();

const wait = 'print("ready", flush=True)\nimport time\ntime.sleep(600)';
const programs: Readonly<Record<Exclude<ContractProgram, 'absent'>, (fd: number) => string>> = {
  waits: () => wait,
  'ignores SIGTERM': () => `import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n${wait}`,
  'exits with 3': () => 'raise SystemExit(3)',
  accepts: (fd) =>
    `import select\nepoll = select.epoll()\nepoll.register(${fd})\nprint("ready", flush=True)\nepoll.poll(600)`,
  'runs two workers': () =>
    `import subprocess, sys\nfor _ in range(2): subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])\n${wait}`,
};

describe('the helper as a process host', () => {
  processHostContract(async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'host-test-'));
    const env = { PATH: process.env['PATH'] ?? '' };
    const host = await Helper.start({
      clock: systemClock,
      python,
      scripts: path.resolve('src/python'),
      env,
      assertTrusted: () => undefined,
      cancel: new AbortController().signal,
      log: quietLog(),
      directory,
      runs: temporaryRuns(directory),
    });
    return {
      host,
      command: (program, fd) => ({
        argv:
          program === 'absent'
            ? [path.join(directory, 'absent')]
            : [python, '-u', '-c', programs[program](fd ?? 0)],
        env,
        cwd: directory,
        fds: fd === undefined ? [] : [fd],
      }),
      endWorker: (pid) => process.kill(pid, 'SIGKILL'),
      dispose: async () => {
        await host.end();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  });
});
