import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { installExtension } from './server.mts';
import type { Host } from './setup.mts';

/** Where packages were installed together, by VS Code and packages. */
const installed = new Map<string, Promise<string>>();

/** Gives a window's data the packages as VS Code installs them, which is done once. */
export async function copyInstalled(
  host: Host,
  vsix: readonly string[],
  dataFolder: string,
): Promise<void> {
  if (vsix.length === 0) return;
  const key = JSON.stringify([host.vscode, vsix]);
  let folder = installed.get(key);
  if (folder === undefined) {
    folder = install(host, vsix);
    installed.set(key, folder);
  }
  // Its list of extensions names them relative to itself.
  const from = path.join(await folder, 'extensions');
  cpSync(from, path.join(dataFolder, 'extensions'), { recursive: true });
}

async function install(host: Host, vsix: readonly string[]): Promise<string> {
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-installed-'));
  process.once('exit', () => rmSync(dataFolder, { recursive: true, force: true }));
  for (const file of vsix) await installExtension({ host, dataFolder, env: process.env }, file);
  return dataFolder;
}
