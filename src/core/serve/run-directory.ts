import { access, constants, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { runDirectoryPrefix } from '../launch/left-behind/run-directory';

/** The shortest limit of a Unix socket's path, on macOS; Linux allows four bytes more. */
export const socketPathLimit = 103;

/**
 * A folder of one served bento, 0700, for its sockets and metrics; the helper removes it at its end.
 * In the user's runtime directory where there is one: it is private and in memory.
 */
export async function makeRunDirectory(env: NodeJS.ProcessEnv): Promise<string> {
  const folder = await mkdtemp(path.join(await base(env), runDirectoryPrefix));
  await mkdir(path.join(folder, 's'));
  await mkdir(path.join(folder, 'm'));
  await mkdir(importsDirectory(folder));
  return folder;
}

export const socketPath = (folder: string, index: number): string =>
  path.join(folder, 's', `${index}`);

export const metricsDirectory = (folder: string, index: number): string =>
  path.join(folder, 'm', `${index}`);

/** Where forked workers write what they import. */
export const importsDirectory = (folder: string): string => path.join(folder, 'i');

/** Counters of workers that have ended would be added to those of the new ones. */
export async function emptyDirectory(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

async function base(env: NodeJS.ProcessEnv): Promise<string> {
  const runtime = env['XDG_RUNTIME_DIR'];
  if (runtime !== undefined && path.isAbsolute(runtime)) {
    try {
      await access(runtime, constants.W_OK | constants.X_OK);
      return runtime;
    } catch {
      // Not there, or not ours: the temporary folder does as well.
    }
  }
  return os.tmpdir();
}
