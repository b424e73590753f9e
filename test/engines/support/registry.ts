import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { until } from '../../support/until';
import { registry } from '../programs.mts';

/** A registry that runs in the namespaces of the tests. */
export interface TestRegistry {
  /** `127.0.0.1:PORT`, which Docker allows without HTTPS. */
  readonly host: string;
  readonly port: number;
  /** The lines of its log, with one for each request. */
  readonly log: () => readonly string[];
  readonly end: () => Promise<void>;
}

/** The user of a registry with passwords. */
export const user = { name: 'tester', password: 'secret' } as const;
/** The bcrypt hash of that password. */
const hash = '$2b$04$epbaa1CEgFCX5tTXkGYTe.wxgrs5fXcu4GyZlsJdjZRp.Hsm5mpji';

/** Starts a registry. With `hasUsers`, only `user` can use it. */
export async function startRegistry({ hasUsers = false } = {}): Promise<TestRegistry> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'registry-'));
  const port = await freePort();
  const passwords = path.join(folder, 'htpasswd');
  await writeFile(passwords, `${user.name}:${hash}\n`);
  const config = {
    version: '0.1',
    log: { level: 'info' },
    storage: { filesystem: { rootdirectory: path.join(folder, 'data') } },
    http: { addr: `:${port.toString()}`, secret: 'of the tests' },
    ...(hasUsers ? { auth: { htpasswd: { realm: 'tests', path: passwords } } } : {}),
  };
  const file = path.join(folder, 'config.yml');
  await writeFile(file, JSON.stringify(config));
  const logFile = path.join(folder, 'log');
  const out = openSync(logFile, 'w');
  const child = spawn(registry, ['serve', file], { stdio: ['ignore', out, out] });
  closeSync(out);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const host = `127.0.0.1:${port.toString()}`;
  const log = (): readonly string[] => readFileSync(logFile, 'utf8').split('\n');
  await until('the registry', async () => {
    if (child.exitCode !== null) throw new Error(log().slice(-5).join('\n'));
    const answer = await fetch(`http://${host}/v2/`).catch(() => undefined);
    return answer?.status === (hasUsers ? 401 : 200);
  });
  return {
    ...{ host, port, log },
    end: async () => {
      child.kill('SIGKILL');
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns a port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
