import { createVSIX } from '@vscode/vsce';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { projectRoot } from '../../../scripts/cache.mts';
import { ensureEnvironments } from '../../../scripts/environments.mts';
import type { Viewport } from '../../window/host/browser.mts';
import { openWindow } from '../../window/host/open-window.mts';
import { ensureHost } from '../../window/host/setup.mts';
import type { VsCodeWindow } from '../../window/host/window.mts';

/** `npm run bench` makes it. */
export const ourVsix = path.join(projectRoot, 'out/serve-bento.vsix');

export const plainTitle = 'Plain Extension';

export interface MeasuredWindowOptions {
  /** Takes what the window needs; it is removed by who made it. */
  readonly folder: string;
  readonly project: string;
  readonly extensions: readonly string[];
  readonly viewport: Viewport;
}

/** Does some work in a real VS Code window of its own. */
export async function inMeasuredWindow<T>(
  { folder, project, extensions, viewport }: MeasuredWindowOptions,
  work: (window: VsCodeWindow) => Promise<T>,
): Promise<T> {
  const [host, pythons] = await Promise.all([ensureHost(), ensureEnvironments(['bentoml-1.4'])]);
  const window = await openWindow(host, path.join(projectRoot, 'out/bench/window'), {
    folder: project,
    vsix: extensions,
    settings: { 'serveBento.pythonPath': pythons['bentoml-1.4'] },
    env: { BENTOML_HOME: path.join(folder, 'home'), BENTOML_DO_NOT_TRACK: 'True' },
    viewport,
  });
  try {
    await window.ready();
    return await work(window);
  } finally {
    await window.close();
  }
}

const ticksPerSecond = 100;

/** Percent of one core that the extension host takes. */
export async function processorOf(window: VsCodeWindow, seconds: number): Promise<number> {
  const pid = extensionHost(window);
  const from = ticks(pid);
  await pause(seconds * 1000);
  return ((ticks(pid) - from) / ticksPerSecond / seconds) * 100;
}

function ticks(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

/** Megabytes that the extension host has for itself: pages of files are shared with every other Node of the machine. */
export function memoryOfHost(window: VsCodeWindow): number {
  const rollup = readFileSync(`/proc/${String(extensionHost(window))}/smaps_rollup`, 'utf8');
  return Number(/^Anonymous:\s+(\d+)/m.exec(rollup)?.[1] ?? NaN) / 1024;
}

function extensionHost(window: VsCodeWindow): number {
  const host = window.processes().find(({ role }) => role === 'extensionHost');
  if (host === undefined) throw new Error('The window has no extension host.');
  return host.pid;
}

/** An extension that is activated as ours is, and shows a tree of so many rows: what VS Code itself takes for that. */
export async function plainVsix(folder: string, rows: number): Promise<string> {
  const source = path.join(folder, 'plain');
  mkdirSync(source);
  const manifest = {
    name: 'plain',
    displayName: plainTitle,
    publisher: 'serve-bento',
    version: '1.0.0',
    engines: { vscode: '^1.101.0' },
    main: 'extension.js',
    activationEvents: ['onStartupFinished'],
    contributes: {
      viewsContainers: {
        activitybar: [{ id: 'plain', title: plainTitle, icon: 'icon.svg' }],
      },
      views: { plain: [{ id: 'plain.rows', name: 'Rows' }] },
    },
  };
  const files = {
    'package.json': JSON.stringify(manifest),
    'extension.js': tree(rows),
    'icon.svg': '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>',
    'README.md': 'Rows.\n',
    LICENSE: 'None.\n',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(source, name), text);
  const packagePath = path.join(folder, 'plain.vsix');
  await createVSIX({ cwd: source, packagePath, dependencies: false, allowMissingRepository: true });
  return packagePath;
}

const tree = (rows: number): string => `
const vscode = require('vscode');
exports.activate = () => {
  vscode.window.createTreeView('plain.rows', {
    treeDataProvider: {
      getChildren: (row) => (row === undefined ? Array.from({ length: ${String(rows)} }, (_, index) => index) : []),
      getTreeItem: (row) => ({ id: String(row), label: 'row ' + row, iconPath: new vscode.ThemeIcon('circle-outline') }),
    },
  });
};
`;
