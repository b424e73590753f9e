import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import getPort from 'get-port';
import { until } from './until';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Of the moment, or of the connection. */
const varying = [
  'date',
  'keep-alive',
  'connection',
  'transfer-encoding',
  'x-bentoml-request-id',
  'etag',
  'last-modified',
];

export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) });
  const headers = [...response.headers].filter(([name]) => !varying.includes(name));
  return {
    status: response.status,
    headers: Object.fromEntries(headers),
    body: await response.text(),
  };
}

export const postJson = (url: string, body: object): Promise<Answer> =>
  ask(url, {
    method: 'POST',
    // Not on a connection that one worker has already.
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(body),
  });

export interface Served {
  readonly python: string;
  /** A folder of the repository, which is copied. */
  readonly sample: string;
  readonly reference: string;
}

/** What `bentoml serve` answers; `work` gets its URL and folder. */
export async function servedByBentoml<T>(
  { python, sample, reference }: Served,
  work: (url: string, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'bentoml-serve-'));
  cpSync(sample, folder, { recursive: true });
  const port = await getPort();
  const env = { ...process.env, BENTOML_HOME: path.join(folder, 'home') };
  const args = ['-m', 'bentoml', 'serve', reference, '--port', `${port}`];
  const child = spawn(python, args, { cwd: folder, env, stdio: 'ignore' });
  const exited = once(child, 'exit');
  try {
    const url = `http://127.0.0.1:${port}`;
    const isReady = (): Promise<boolean> =>
      ask(`${url}/readyz`).then(
        ({ status }) => status === 200,
        () => false,
      );
    await until('bentoml serve', async () => (await isReady()) || undefined, 60_000);
    return await work(url, folder);
  } finally {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  }
}
