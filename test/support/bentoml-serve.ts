import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import getPort from 'get-port';
import { killIfAlive, processesWith } from './processes.ts';

/** What we are compared with, as a person starts it. */
export interface BentomlServe {
  readonly url: string;
  readonly folder: string;
  /** Milliseconds from the command to the first answer of /readyz with 200. */
  readonly readyMs: number;
  /** Of all its processes. */
  pids(): readonly number[];
  /** Resolves with the milliseconds until no process is left. */
  stop(): Promise<number>;
}

/** 64 workers take minutes where processors are few. */
const startLimitMs = 600_000;
/** Its reloader leaves workers behind now and then. */
const stopLimitMs = 10_000;

export interface BentomlServeOptions {
  readonly python: string;
  /** A folder, which is copied; a relative one starts at the project's. */
  readonly sample: string;
  readonly reference: string;
  /** More for the command line. */
  readonly args?: readonly string[];
}

/** `bentoml serve`, ready. @throws Error when it ended, or took too long. */
export async function bentomlServe({
  python,
  sample,
  reference,
  args = [],
}: BentomlServeOptions): Promise<BentomlServe> {
  const port = await getPort({ host: '127.0.0.1' });
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bentoml-serve-'));
  cpSync(path.resolve(sample), folder, { recursive: true });
  const mark = `SERVE_BENTO_COMPARED=${folder}`;
  const url = `http://127.0.0.1:${String(port)}`;
  const from = performance.now();
  const child = spawn(
    python,
    // prettier-ignore
    ['-m', 'bentoml', 'serve', reference, '--host', '127.0.0.1', '--port', String(port), ...args],
    {
      cwd: folder,
      stdio: 'ignore',
      env: {
        ...process.env,
        SERVE_BENTO_COMPARED: folder,
        BENTOML_DO_NOT_TRACK: 'True',
        BENTOML_HOME: path.join(folder, 'home'),
      },
    },
  );
  const ended = once(child, 'exit');
  const force = (): void => {
    processesWith(mark).forEach(killIfAlive);
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
    pids: () => processesWith(mark),
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

/** What is learned from `bentoml serve`, which is stopped after it. */
export async function askBentoml<T>(
  options: BentomlServeOptions,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const theirs = await bentomlServe(options);
  try {
    return await work(theirs.url);
  } finally {
    await theirs.stop();
  }
}
