import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { projectRoot } from '../../../scripts/cache.mts';
import { memoryOf, processesWith } from './processes.mts';
import type { Subject } from './subject.mts';

/** What we are compared with, as a person starts it. */
export interface BentomlServe {
  readonly url: string;
  readonly folder: string;
  /** Milliseconds from the command to the first answer of /readyz with 200. */
  readonly readyMs: number;
  /** Megabytes, of all its processes. */
  memory(): number;
  /** Resolves with the milliseconds until no process is left. */
  stop(): Promise<number>;
}

/** 64 workers take minutes where processors are few. */
const startLimitMs = 600_000;
/** Its reloader leaves workers behind now and then. */
const stopLimitMs = 10_000;

export async function bentomlServe(
  python: string,
  { sample, reference, apiWorkers }: Subject,
  ...options: readonly string[]
): Promise<BentomlServe> {
  const port = await freePort();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bentoml-serve-'));
  cpSync(path.resolve(projectRoot, sample), folder, { recursive: true });
  const own = { name: 'SERVE_BENTO_BENCH', value: folder };
  const mark = `${own.name}=${own.value}`;
  const url = `http://127.0.0.1:${String(port)}`;
  const workers = apiWorkers === undefined ? [] : ['--api-workers', String(apiWorkers)];
  const from = performance.now();
  const child = spawn(
    python,
    // prettier-ignore
    ['-m', 'bentoml', 'serve', reference, '--host', '127.0.0.1', '--port', String(port), ...workers, ...options],
    {
      cwd: folder,
      stdio: 'ignore',
      env: {
        ...process.env,
        [own.name]: own.value,
        BENTOML_DO_NOT_TRACK: 'True',
        BENTOML_HOME: path.join(folder, 'home'),
      },
    },
  );
  const ended = once(child, 'exit');
  const force = (): void => {
    for (const pid of processesWith(mark)) process.kill(Number(pid), 'SIGKILL');
  };
  try {
    await ready(url, child, from + startLimitMs);
  } catch (error) {
    force();
    rmSync(folder, { recursive: true, force: true });
    throw new Error(`bentoml serve ${reference} is not ready: ${String(error)}`);
  }
  const readyMs = performance.now() - from;
  return {
    url,
    folder,
    readyMs,
    memory: () => memoryOf(processesWith(mark)),
    stop: async () => {
      const stopFrom = performance.now();
      child.kill('SIGTERM');
      await ended;
      while (processesWith(mark).length > 0) {
        if (performance.now() - stopFrom > stopLimitMs) force();
        await pause(10);
      }
      const stopMs = performance.now() - stopFrom;
      rmSync(folder, { recursive: true, force: true });
      return stopMs;
    },
  };
}

async function ready(url: string, child: ChildProcess, until: number): Promise<void> {
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error(`it ended with ${String(child.exitCode)}`);
    if (performance.now() > until) throw new Error('it took too long');
    await pause(10);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
