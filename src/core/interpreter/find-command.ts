import { access, constants, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { environmentValue } from '../settings/environment-value';

/** True for a file; on Windows for those that have no size as well, such as the Store's aliases. */
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

export interface CommandSearch {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
}

/** The absolute path of a command, as the shell would find it; relative folders of the path are left out. */
export async function findCommand(
  name: string,
  { env, platform }: CommandSearch,
): Promise<string | undefined> {
  const paths = platform === 'win32' ? win32 : posix;
  // Only programs: scripts would need a shell.
  const file = platform === 'win32' && !/\.exe$/i.test(name) ? `${name}.exe` : name;
  const folders = (environmentValue(env, 'PATH', platform) ?? '').split(paths.delimiter);
  for (const folder of folders) {
    if (!paths.isAbsolute(folder)) continue;
    const path = paths.join(folder, file);
    if ((await isFile(path)) && (await isExecutable(path))) return path;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
