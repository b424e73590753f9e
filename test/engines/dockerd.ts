import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { glob, mkdir, rmdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../../scripts/cache.mts';
import { output } from '../../scripts/run-program.mts';
import { imageArchive } from '../support/image-root';
import { until } from '../support/until';
import { client, daemon } from './programs.mts';

type PythonName = 'bentoml-1.4' | 'bentoml-1.1';

/** The Docker engine of this run, as plain data that the set-up provides to test files. */
export interface DockerEngine {
  /** The environment for programs that use it, such as `docker compose`. */
  readonly env: Readonly<Record<string, string>>;
  readonly socket: string;
  /** The id of an image of empty folders: programs come from `mounts`. */
  readonly image: string;
  /** Absolute paths of this machine that the Pythons need, to be mounted at the same paths. */
  readonly mounts: readonly string[];
  readonly pythons: Readonly<Record<PythonName, string>>;
}

interface EngineParts {
  /** An empty folder for all files of the engine. */
  readonly folder: string;
  /** The program of Docker Compose. */
  readonly compose: string;
  readonly pythons: DockerEngine['pythons'];
}

/** The parent of the control groups of its containers. */
const cgroup = `serve-bento-test-${randomBytes(4).toString('hex')}`;

/** Starts the daemon and makes the image. */
export async function startDockerd({ folder, compose, pythons }: EngineParts): Promise<{
  readonly engine: DockerEngine;
  /** Ends the daemon and starts it again, with the same containers. */
  readonly restart: () => Promise<void>;
  readonly end: () => Promise<void>;
}> {
  const socket = path.join(folder, 'docker.sock');
  const env = await programs(folder, compose, socket);
  // Compose makes networks of its own, and another daemon without the usual bridge would remove it.
  const options = ['--cgroup-parent', cgroup, '--bridge', 'none'];
  let stop = await runDaemon(folder, options);
  const restart = async (): Promise<void> => {
    await stop();
    stop = await runDaemon(folder, options);
  };
  const end = async (): Promise<void> => {
    await stop();
    await removeCgroups();
  };
  try {
    const image = await emptyImage(folder, env);
    const mounts = ['/usr', cacheFolder(), ...Object.values(pythons).map(installation)];
    return {
      engine: { env, socket, image, mounts: [...new Set(mounts)], pythons },
      restart,
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Starts a daemon whose socket is `docker.sock` in a folder, with all its files, and gives what stops it. */
export async function runDaemon(
  folder: string,
  options: readonly string[],
): Promise<() => Promise<void>> {
  const socket = path.join(folder, 'docker.sock');
  const log = path.join(folder, 'dockerd.log');
  const out = openSync(log, 'w');
  const child = spawn(
    daemon,
    [
      ...['--data-root', path.join(folder, 'data'), '--exec-root', path.join(folder, 'exec')],
      ...['--pidfile', path.join(folder, 'pid'), '--host', `unix://${socket}`],
      // No layers to speak of, and it works on any file system.
      ...['--storage-driver', 'vfs'],
      // The usual limits are higher than what a root without all capabilities may set.
      ...['--default-ulimit', 'nofile=10000:10000'],
      ...options,
    ],
    { env: { ...process.env, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }, stdio: ['ignore', out, out] },
  );
  closeSync(out);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await exited;
  };
  try {
    await until(
      'the Docker engine',
      () => {
        if (child.exitCode !== null) throw new Error(readFileSync(log, 'utf8').slice(-2_000));
        return existsSync(socket);
      },
      30_000,
    );
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Not the machine's `docker`, whose configuration leads to other engines. */
async function programs(
  folder: string,
  compose: string,
  socket: string,
): Promise<Record<string, string>> {
  const bin = path.join(folder, 'bin');
  const config = path.join(folder, 'config');
  await mkdir(path.join(config, 'cli-plugins'), { recursive: true });
  await mkdir(bin);
  await symlink(client, path.join(bin, 'docker'));
  await symlink(compose, path.join(config, 'cli-plugins/docker-compose'));
  return {
    PATH: [bin, '/usr/bin', '/bin'].join(path.delimiter),
    HOME: config,
    DOCKER_CONFIG: config,
    DOCKER_HOST: `unix://${socket}`,
  };
}

/** Imports an image of empty folders, and gives its id. Its files are in `folder`. */
export const emptyImage = (folder: string, env: DockerEngine['env']): Promise<string> =>
  makeImage(path.join(folder, 'root'), env);

/** Imports an image of the files in `root`, to which it adds the folders of a system, and gives its id. */
export async function makeImage(root: string, env: DockerEngine['env']): Promise<string> {
  return output(client, ['import', await imageArchive(root)], { env });
}

/** Where the interpreter of a virtual environment has its libraries. */
const installation = (python: string): string => path.dirname(path.dirname(realpathSync(python)));

/** The engine removes the control groups of its containers, but not their parent. */
async function removeCgroups(): Promise<void> {
  for await (const folder of glob(`/sys/fs/cgroup/{,*/}${cgroup}`)) await rmdir(folder);
}
