/** What the packaged extension costs a real VS Code window: activation, processor, memory (`npm run package` first). */
import { createVSIX } from '@vscode/vsce';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { projectRoot } from '../../scripts/cache.mts';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { openWindow } from '../window/host/open-window.mts';
import { ensureHost } from '../window/host/setup.mts';
import type { VsCodeWindow } from '../window/host/window.mts';
import { untilFound } from '../window/support/services.mts';
import { atMost, median, type Figure } from './support/figure.mts';
import { memoryOf } from './support/processes.mts';
import { services } from './support/services.mts';

const components = 10;
const watchedSeconds = 60;
/** Until a new window has nothing to do any more. */
const settleMs = 15_000;
const ticksPerSecond = 100;
const vsix = path.join(projectRoot, 'out/serve-bento.vsix');

export async function figures(rounds: number): Promise<readonly Figure[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'extension-bench-'));
  try {
    const bare = await trivialExtension(folder);
    const project = path.join(folder, 'project');
    mkdirSync(project);
    writeFileSync(path.join(project, 'service.py'), services(components));
    const without: number[] = [];
    const withIt: Idle[] = [];
    for (let round = 0; round < rounds; round++) {
      without.push(await inWindow(folder, project, [bare], (window) => idleMemory(window)));
      withIt.push(await inWindow(folder, project, [bare, vsix], idle));
    }
    const serving = await inWindow(folder, project, [bare, vsix], serve);
    const memory = median(withIt.map((one) => one.memoryMb)) - median(without);
    return [
      ...activation(withIt),
      ...sizes(),
      { what: 'memory that it adds, idle', value: memory, unit: 'MB', goal: atMost(10) },
      {
        what: `memory that it adds with ${String(components)} components`,
        value: serving.memoryMb + memory,
        unit: 'MB',
        goal: atMost(30),
      },
      {
        what: `processor with ${String(components)} ready components, of the extension host`,
        value: serving.percent,
        unit: '% of one core',
        goal: atMost(0.5),
        ours: `${serving.percentBefore.toFixed(2)} % before it served`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Idle {
  readonly memoryMb: number;
  /** Milliseconds that VS Code itself tells. */
  readonly activationMs: number;
  readonly bareActivationMs: number;
}

function activation(windows: readonly Idle[]): readonly Figure[] {
  const ours = median(windows.map((one) => one.activationMs));
  const bare = median(windows.map((one) => one.bareActivationMs));
  return [
    {
      what: 'activation, as VS Code tells it',
      value: ours,
      unit: 'ms',
      goal: atMost(30),
      ours: `an extension that does nothing: ${String(bare)} ms`,
    },
    { what: 'activation beyond that', value: ours - bare, unit: 'ms' },
  ];
}

function sizes(): readonly Figure[] {
  const kilobytes = (file: string): number => statSync(path.join(projectRoot, file)).size / 1000;
  return [
    {
      what: 'bundle loaded at activation',
      value: kilobytes('dist/extension.js'),
      unit: 'kB',
      goal: atMost(250),
    },
    { what: 'package', value: kilobytes('out/serve-bento.vsix'), unit: 'kB', goal: atMost(600) },
  ];
}

async function inWindow<T>(
  folder: string,
  project: string,
  extensions: readonly string[],
  work: (window: VsCodeWindow) => Promise<T>,
): Promise<T> {
  const [host, pythons] = await Promise.all([ensureHost(), ensureEnvironments(['bentoml-1.4'])]);
  const window = await openWindow(host, path.join(projectRoot, 'out/bench/window'), {
    folder: project,
    vsix: extensions,
    settings: { 'serveBento.pythonPath': pythons['bentoml-1.4'] },
    env: { BENTOML_HOME: path.join(folder, 'home'), BENTOML_DO_NOT_TRACK: 'True' },
    viewport: { width: 1280, height: 4000 },
  });
  try {
    await window.ready();
    return await work(window);
  } finally {
    await window.close();
  }
}

async function idle(window: VsCodeWindow): Promise<Idle> {
  const memoryMb = await idleMemory(window);
  return {
    memoryMb,
    activationMs: await activationOf(window, 'Serve Bento'),
    bareActivationMs: await activationOf(window, 'Does Nothing'),
  };
}

async function idleMemory(window: VsCodeWindow): Promise<number> {
  await pause(settleMs);
  return memoryOf([extensionHost(window)]);
}

async function serve(window: VsCodeWindow) {
  await untilFound(window, 'Entry');
  await pause(settleMs);
  const pid = extensionHost(window);
  const before = memoryOf([pid]);
  const percentBefore = await processor(pid);
  await window.command('BentoML: Serve Bento');
  const all = `${String(components)}/${String(components)}`;
  await window.until(
    'all ready',
    async () =>
      (await window.tree.rows()).some(({ description }) => description.includes(`ready · ${all}`)),
    60_000,
  );
  await pause(settleMs);
  const percent = await processor(pid);
  return { percentBefore, percent, memoryMb: memoryOf([pid]) - before };
}

function extensionHost(window: VsCodeWindow): string {
  const host = window.processes().find(({ role }) => role === 'extensionHost');
  if (host === undefined) throw new Error('The window has no extension host.');
  return String(host.pid);
}

/** Percent of one core over a minute. */
async function processor(pid: string): Promise<number> {
  const from = ticks(pid);
  await pause(watchedSeconds * 1000);
  return ((ticks(pid) - from) / ticksPerSecond / watchedSeconds) * 100;
}

function ticks(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

async function activationOf(window: VsCodeWindow, name: string): Promise<number> {
  const list = window.page.locator('.runtime-extensions-editor .monaco-list-row');
  const row = list.filter({ hasText: name });
  let found = NaN;
  await window.until(`the activation of ${name}`, async () => {
    if ((await row.count()) === 0) {
      await window.command('Developer: Show Running Extensions');
      await row.first().waitFor({ timeout: 5_000 });
    }
    const [, ms] = /Activation: (\d+)ms/.exec((await row.first().textContent()) ?? '') ?? [];
    if (ms === undefined) return false;
    found = Number(ms);
    return true;
  });
  return found;
}

/** It is activated as ours is, and does nothing: what VS Code itself takes for that. */
async function trivialExtension(folder: string): Promise<string> {
  const source = path.join(folder, 'does-nothing');
  mkdirSync(source);
  const manifest = {
    name: 'does-nothing',
    displayName: 'Does Nothing',
    publisher: 'serve-bento',
    version: '1.0.0',
    engines: { vscode: '^1.101.0' },
    main: 'extension.js',
    activationEvents: ['onStartupFinished'],
  };
  writeFileSync(path.join(source, 'package.json'), JSON.stringify(manifest));
  writeFileSync(path.join(source, 'extension.js'), 'exports.activate = () => undefined;\n');
  writeFileSync(path.join(source, 'README.md'), 'Nothing.\n');
  writeFileSync(path.join(source, 'LICENSE'), 'None.\n');
  const packagePath = path.join(folder, 'does-nothing.vsix');
  await createVSIX({ cwd: source, packagePath, dependencies: false, allowMissingRepository: true });
  return packagePath;
}
