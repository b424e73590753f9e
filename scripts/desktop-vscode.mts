import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { downloadAndUnzipVSCode, runVSCodeCommand, SilentReporter } from '@vscode/test-electron';
import { cacheFolder } from './cache.mts';

/** A desktop VS Code with user data and extensions of its own: nobody's settings are touched. */
export interface DesktopProfile {
  readonly version: string;
  readonly executable: string;
  /** What every start of it needs. */
  readonly args: readonly string[];
}

export interface DesktopProfileOptions {
  readonly version: string;
  /** Short: VS Code puts sockets in it, whose paths have a limit. */
  readonly folder: string;
  readonly vsix: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Whether a window could be shown here at all. */
export function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);
}

/** Downloads VS Code, once. */
export async function downloadDesktop(version = 'stable'): Promise<string> {
  try {
    return await downloadAndUnzipVSCode({ version, ...download() });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `VS Code ${version} could not be downloaded (${why}): check the network connection, then try again.`,
      { cause: error },
    );
  }
}

export async function makeDesktopProfile(options: DesktopProfileOptions): Promise<DesktopProfile> {
  const { version, folder, vsix, settings } = options;
  const executable = await downloadDesktop(version);
  const userData = path.join(folder, 'user');
  mkdirSync(path.join(userData, 'User'), { recursive: true });
  writeFileSync(path.join(userData, 'User/settings.json'), JSON.stringify(settings, undefined, 2));
  const args = ['--user-data-dir', userData, '--extensions-dir', path.join(folder, 'extensions')];
  await runVSCodeCommand([...args, '--install-extension', vsix, '--force'], {
    version,
    ...download(),
  });
  return { version, executable, args };
}

function download() {
  return {
    cachePath: path.join(cacheFolder(), 'vscode-desktop'),
    reporter: new SilentReporter(),
  };
}
