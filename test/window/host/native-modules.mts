import { existsSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { installPackages } from './npm-packages.mts';

/** Brings what VS Code's native modules would compile or download in their install scripts. */
export async function completeNativeModules(vscode: string, host: string): Promise<void> {
  const modules = path.join(vscode, 'node_modules');
  // Without it there is no extension host log and every log output channel is empty.
  const spdlog = path.join(modules, '@vscode/spdlog');
  await copyFile(
    path.join(import.meta.dirname, 'spdlog-stand-in.cjs'),
    path.join(spdlog, 'index.js'),
  );
  // Newer releases come with both of these prebuilt.
  if (existsSync(path.join(modules, 'node-pty/prebuilds'))) return;
  const packages = path.join(host, 'native-packages');
  await installPackages(packages, ['node-pty@1.2.0-beta.15', '@vscode/ripgrep-universal@1.18.0']);
  const prebuilt = path.join(packages, 'node_modules');
  await copyInto(
    path.join(prebuilt, 'node-pty/prebuilds/linux-x64/pty.node'),
    path.join(modules, 'node-pty/build/Release'),
  );
  await copyInto(
    path.join(prebuilt, '@vscode/ripgrep-universal/bin/linux-x64/rg'),
    path.join(modules, '@vscode/ripgrep/bin'),
  );
}

async function copyInto(file: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await copyFile(file, path.join(folder, path.basename(file)));
}
