import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { output } from '../../../scripts/run-program.mts';
import type { Host } from './setup.mts';

export interface ServerOptions {
  readonly host: Host;
  /** Holds user data, extensions and logs. */
  readonly dataFolder: string;
  readonly log: string;
  readonly env: NodeJS.ProcessEnv;
  readonly workspaceTrust: boolean;
  /** Allows extension tests, but hides every notification toast. */
  readonly smokeTestDriver: boolean;
  /** How long extension hosts outlive a lost connection. */
  readonly reconnectionGraceSeconds: number;
}

export interface Server {
  readonly process: ChildProcess;
  readonly authority: string;
  /** Resolves with the reason when the server ends. */
  readonly ended: Promise<string>;
}

/** Written before the start; VS Code rewrites settings that it migrates, so none of those. */
export async function writeUserSettings(
  dataFolder: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  for (const place of ['User', 'Machine']) {
    const folder = path.join(dataFolder, 'data', place);
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'settings.json'), JSON.stringify(settings, undefined, 2));
  }
}

export async function installExtension(
  { host, dataFolder, env }: Pick<ServerOptions, 'host' | 'dataFolder' | 'env'>,
  vsix: string,
): Promise<void> {
  const args = [...commonArguments(host, dataFolder), '--install-extension', vsix, '--force'];
  const said = await output(host.node, args, { env });
  if (!said.includes('successfully installed')) {
    throw new Error(`VS Code did not install ${vsix}: ${said}`);
  }
}

export async function startServer(options: ServerOptions): Promise<Server> {
  const { host, dataFolder, env } = options;
  const port = await freePort();
  const child = spawn(
    host.node,
    [
      ...commonArguments(host, dataFolder),
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token'],
      ...['--reconnection-grace-time', String(options.reconnectionGraceSeconds)],
      ...(options.workspaceTrust ? [] : ['--disable-workspace-trust']),
      ...(options.smokeTestDriver ? ['--enable-smoke-test-driver'] : []),
    ],
    { env, cwd: dataFolder, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const log = createWriteStream(options.log);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => {
      log.end();
      resolve(`the VS Code server ended (${String(code ?? signal)}): see ${options.log}`);
    });
  });
  await listening(child, ended);
  return { process: child, authority: `127.0.0.1:${String(port)}`, ended };
}

function commonArguments(host: Host, dataFolder: string): string[] {
  return [
    path.join(host.vscode, 'out/server-main.js'),
    ...[
      '--accept-server-license-terms',
      '--server-data-dir',
      dataFolder,
      '--telemetry-level',
      'off',
    ],
  ];
}

async function listening(child: ChildProcess, ended: Promise<string>): Promise<void> {
  const up = new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.includes('Extension host agent listening on')) resolve();
    });
  });
  const limit = AbortSignal.timeout(60_000);
  const tooLate = new Promise<string>((resolve) => {
    limit.addEventListener('abort', () => {
      resolve('the VS Code server did not come up in 60 s');
    });
  });
  const failure = await Promise.race([up, ended, tooLate]);
  if (failure !== undefined) throw new Error(failure);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
