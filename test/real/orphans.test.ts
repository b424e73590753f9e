import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { systemClock } from '../../src/core/clock';
import { orphanTracking } from '../../src/core/orphans/orphans';
import { LinuxProcesses } from '../../src/core/orphans/linux-processes';
import { runRecord, type RunRecord } from '../../src/core/orphans/run-record';
import {
  isAlive,
  killIfAlive,
  listeningPorts,
  processesWith,
  servingOf,
  waitingPairs,
} from '../support/processes';
import { itEach } from '../support/long';
import { moment, staysSo } from '../support/pauses';
import { quietLog } from '../support/quiet-log';
import { bundleHost, SeparateHost } from '../support/separate-host';
import type { OneBento } from '../support/harness';
import { until } from '../support/until';

const launchers = ['workers', 'cli'] as const;

describe.runIf(process.platform === 'linux')('what is left behind', () => {
  let python: string;
  let built: string;
  let bundle: string;
  let runFiles: string;
  let host: SeparateHost;
  let folder = '';
  let mark = '';
  const others: ChildProcess[] = [];
  const times: number[] = [];
  const log = quietLog();

  beforeAll(async () => {
    python = (await ensureEnvironments(['bentoml-1.4']))['bentoml-1.4'];
    built = mkdtempSync(path.join(os.tmpdir(), 'left-behind-'));
    bundle = await bundleHost(built);
  });
  afterAll(() => {
    rmSync(built, { recursive: true });
    const sorted = times.map(Math.round).sort((a, b) => a - b);
    const middle = sorted[Math.floor(sorted.length / 2)];
    console.log(
      `nothing left after: median ${middle} ms, at most ${sorted.at(-1)} ms, of ${sorted.length} faults`,
    );
  });

  beforeEach(() => {
    runFiles = path.join(mkdtempSync(path.join(built, 'storage-')), 'runs');
    log.lines.length = 0;
  });
  afterEach(async () => {
    for (const other of others.splice(0)) other.kill('SIGKILL');
    if (mark === '') return;
    await host.kill();
    processesWith(mark).forEach(killIfAlive);
    rmSync(folder, { recursive: true, force: true });
    mark = '';
  });

  const reap = () =>
    orphanTracking({
      folder: runFiles,
      platform: process.platform,
      assertTrusted: () => undefined,
      log,
      clock: systemClock,
    }).reaper.reap();

  const files = (): readonly string[] => (existsSync(runFiles) ? readdirSync(runFiles) : []);

  const record = (): RunRecord | undefined => {
    const [name] = files().filter((file) => file.endsWith('.json'));
    if (name === undefined) return undefined;
    return runRecord.parse(JSON.parse(readFileSync(path.join(runFiles, name), 'utf8')));
  };

  const helperPid = () => until('the pid of the helper', () => record()?.helper?.pid);

  async function begin(options: Partial<OneBento> = {}): Promise<void> {
    const serve = { python, sample: 'test/fixtures/bentos/crowd', reference: 'service:Crowd' };
    host = new SeparateHost(bundle, {
      serve: { ...serve, runFiles, ...options },
      id: `service.py:${(options.reference ?? serve.reference).split(':')[1] ?? ''}`,
    });
    ({ folder, mark } = await host.hears('staged'));
  }

  /** A service with its crowd, or the sample of three services. */
  async function serve(launcher: (typeof launchers)[number], sample?: 'search'): Promise<number> {
    // Not the default one, which somebody else may take at once.
    const port = await freePort();
    await begin({
      settings: { launcher, http: { port } },
      ...(sample && { sample: 'samples/search', reference: 'service:Search' }),
    });
    await host.hears('ready');
    if (sample === undefined) {
      await until('the crowd', () => processesWith(mark).length > 90 || undefined);
    }
    expect(listeningPorts()).toContain(port);
    return port;
  }

  /** Nobody and nothing 2 s after the fault; on a busy machine 90 processes need longer to end, however it is done. */
  async function nothingIsLeft(port?: number): Promise<void> {
    const busy = (os.loadavg()[0] ?? 0) / os.availableParallelism();
    const limitMs = 2_000 * Math.min(Math.max(busy, 1), 5);
    const from = performance.now();
    const left = () => ({
      processes: processesWith(mark),
      ports: [...listeningPorts()].filter((one) => one === port),
    });
    const nothing = { processes: [], ports: [] };
    // A process that the host was starting when it was killed carries the mark a moment later.
    let last = left();
    for (let quiet = 0; quiet < 3 && performance.now() - from < limitMs; await moment(50)) {
      last = left();
      quiet = isDeepStrictEqual(last, nothing) ? quiet + 1 : 0;
    }
    times.push(performance.now() - from);
    expect(last).toEqual(nothing);
  }

  describe.each(launchers)('with the launcher %s, a crowd and deaf workers', (launcher) => {
    it('is nothing when the host is killed', async () => {
      const port = await serve(launcher);
      const { directory = '' } = record() ?? {};
      expect(existsSync(directory)).toBe(true);
      await host.kill();
      await nothingIsLeft(port);
      expect(existsSync(directory)).toBe(false);
      await reap();
      expect(files()).toEqual([]);
    });

    it('is nothing when the helper is killed', async () => {
      const port = await serve(launcher);
      process.kill(await helperPid(), 'SIGKILL');
      await nothingIsLeft(port);
      await until('the end of the run file', () => files().length === 0);
    });

    it('is nothing when host and helper are killed, and no other host comes', async () => {
      const port = await serve(launcher);
      const { directory = '' } = record() ?? {};
      const helper = await helperPid();
      process.kill(helper, 'SIGSTOP');
      await host.kill();
      process.kill(helper, 'SIGKILL');
      await until('the end of the helper', () => !isAlive(helper));
      await nothingIsLeft(port);
      await until('the end of the run directory', () => !existsSync(directory));
      // What is on record waits for the next one.
      await reap();
      expect(files()).toEqual([]);
      expect(existsSync(directory)).toBe(false);
    });

    // The launcher has no part in what follows.
    if (launcher === 'cli') return;

    it('is nothing when the host is killed while everything is stopped', async () => {
      const port = await serve(launcher);
      const helper = await helperPid();
      for (const pid of processesWith(mark)) if (pid !== helper) process.kill(pid, 'SIGSTOP');
      await host.kill();
      await nothingIsLeft(port);
    });

    itEach([], [[0], [300], [1000]])(
      'is nothing when the host is killed %i ms into a stop',
      async (ms) => {
        const port = await serve(launcher);
        host.stop();
        await moment(ms);
        await host.kill();
        await nothingIsLeft(port);
      },
    );

    it('is nothing when the helper is killed during a stop', async () => {
      const port = await serve(launcher);
      const helper = await helperPid();
      host.stop();
      await moment(200);
      process.kill(helper, 'SIGKILL');
      await nothingIsLeft(port);
      await until('the end of the run file', () => files().length === 0);
    });
  });

  describe.each(launchers)('during a start with the launcher %s', (launcher) => {
    const search = {
      settings: { launcher },
      sample: 'samples/search',
      reference: 'service:Search',
    };

    itEach([[1000]], [[0], [300], [2000]])(
      'is nothing when the host is killed after %i ms',
      async (ms) => {
        await begin(search);
        await moment(ms);
        await host.kill();
        await nothingIsLeft();
        await reap();
        expect(files()).toEqual([]);
      },
    );

    itEach([[500]], [[0], [1500]])(
      'is nothing when the helper is killed after %i ms',
      async (ms) => {
        await begin(search);
        const helper = await helperPid();
        await moment(ms);
        process.kill(helper, 'SIGKILL');
        await nothingIsLeft();
        await until('the end of the run file', () => files().length === 0);
      },
    );

    itEach([[1500]], [[0], [500]])('is nothing when both are killed after %i ms', async (ms) => {
      await begin(search);
      const helper = await helperPid();
      await moment(ms);
      const hostEnded = host.kill();
      killIfAlive(helper);
      await hostEnded;
      await moment(100);
      await reap();
      await nothingIsLeft();
      expect(files()).toEqual([]);
    });
  });

  it('is no file and no folder after an orderly end', async () => {
    await serve('workers', 'search');
    const { directory = '' } = record() ?? {};
    host.end();
    await until('the end of all', () => processesWith(mark).length === 0 || undefined, 11_000);
    await until('the end of the run file', () => files().length === 0);
    expect(existsSync(directory)).toBe(false);
  });

  describe('of a helper that waits with its fork server', () => {
    const stopped = async (): Promise<readonly number[]> => {
      await serve('workers', 'search');
      host.stop();
      await host.hears('stopped');
      const pairs = waitingPairs(processesWith(mark));
      expect(servingOf(processesWith(mark))).toEqual([]);
      expect(pairs).toHaveLength(1);
      return pairs.flat();
    };

    it('is nothing when the host is killed', async () => {
      await stopped();
      const { directory = '' } = record() ?? {};
      await host.kill();
      await nothingIsLeft();
      expect(existsSync(directory)).toBe(false);
      await reap();
      expect(files()).toEqual([]);
    });

    it('is nothing when the helper is killed', async () => {
      const [helper = 0] = await stopped();
      process.kill(helper, 'SIGKILL');
      await nothingIsLeft();
      await until('the end of the run file', () => files().length === 0);
    });

    it('is nothing when both are killed and the next host is there', async () => {
      const [helper = 0] = await stopped();
      process.kill(helper, 'SIGSTOP');
      await host.kill();
      process.kill(helper, 'SIGKILL');
      await reap();
      await nothingIsLeft();
      expect(files()).toEqual([]);
    });
  });

  it('is not what another living window serves', async () => {
    await serve('workers', 'search');
    const before = processesWith(mark);
    await reap();
    await staysSo('what it serves', 300, () => isDeepStrictEqual(processesWith(mark), before));
    expect(files()).toHaveLength(1);
  });

  it('is nothing of a helper that somebody stopped, whether asked to end or left', async () => {
    const port = await serve('workers', 'search');
    process.kill(await helperPid(), 'SIGSTOP');
    host.end();
    await until('the end of all', () => processesWith(mark).length === 0 || undefined, 11_000);
    expect(listeningPorts()).not.toContain(port);
    await host.kill();
    rmSync(folder, { recursive: true, force: true });

    await serve('workers', 'search');
    const helper = await helperPid();
    process.kill(helper, 'SIGSTOP');
    await host.kill();
    await reap();
    await nothingIsLeft();
    expect(files()).toEqual([]);
  });

  it('is no interpreter that hangs before it reads a line', async () => {
    const program = path.join(built, 'hangs');
    await writeFile(program, '#!/bin/sh\n/bin/sleep 299.25 &\n/bin/sleep 299.25\n');
    chmodSync(program, 0o755);
    host = new SeparateHost(bundle, { run: program, runFiles });
    const { mark: own } = await until('the run file', record);
    mark = `SERVE_BENTO_MARK=${own}`;
    await until('the program', () => processesWith(mark).length === 3 || undefined);
    await host.kill();
    await reap();
    await nothingIsLeft();
    expect(files()).toEqual([]);
  });

  describe('is not a stranger', () => {
    const processes = new LinuxProcesses();

    const stranger = async (env: Record<string, string> = {}) => {
      const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore', env });
      others.push(child);
      const found = await until('a stranger', () => processes.identity(child.pid ?? 0));
      // Its environment is there when it has become the program.
      await until('the program', () =>
        readFileSync(`/proc/${found.pid}/comm`, 'utf8').startsWith('sleep'),
      );
      return found;
    };

    const write = async (change: Partial<RunRecord>): Promise<void> => {
      await mkdir(runFiles, { recursive: true, mode: 0o700 });
      const system = await processes.system();
      const host = { pid: 2_000_000_000, start: '1' };
      const whole = { version: 1, mark: 'a'.repeat(32), system, host, ...change };
      await writeFile(path.join(runFiles, `${whole.mark}.json`), JSON.stringify(whole));
    };

    it('that has the pid of the helper now', async () => {
      const { pid, start } = await stranger();
      await write({ helper: { pid, start: `${Number(start) - 1}` } });
      await reap();
      expect(isAlive(pid)).toBe(true);
      expect(files()).toEqual([]);
    });

    it('that has the pid of the host now: it does not keep the rest alive', async () => {
      const { pid, start } = await stranger();
      const left = await stranger({ SERVE_BENTO_MARK: `${'a'.repeat(32)}:http` });
      await write({ host: { pid, start: `${Number(start) - 1}` } });
      await reap();
      expect(isAlive(pid)).toBe(true);
      expect(isAlive(left.pid)).toBe(false);
    });

    it('that carries another mark, or the mark in another place', async () => {
      const mine = 'a'.repeat(32);
      const all = await Promise.all([
        stranger({ SERVE_BENTO_MARK: `${'b'.repeat(32)}:http` }),
        stranger({ SERVE_BENTO_MARK: `${mine}0` }),
        stranger({ OTHER_SERVE_BENTO_MARK: mine }),
      ]);
      await write({});
      await reap();
      expect(all.filter(({ pid }) => !isAlive(pid))).toEqual([]);
    });

    it('that a file of another system, or of a living host, names', async () => {
      const helper = await stranger({ SERVE_BENTO_MARK: 'a'.repeat(32) });
      const living = await processes.identity(process.pid);
      if (living === undefined) throw new Error('we live');
      await write({ helper, system: 'another boot pid:[1]' });
      await reap();
      await write({ helper, host: living });
      await reap();
      expect(isAlive(helper.pid)).toBe(true);
      expect(files()).toHaveLength(1);
    });

    it('nor a folder that is not a run directory', async () => {
      const precious = mkdtempSync(path.join(built, 'precious-'));
      await write({ directory: precious });
      await reap();
      expect(existsSync(precious)).toBe(true);
      expect(files()).toEqual([]);
    });
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
