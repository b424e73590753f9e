/** What the packaged extension costs a real VS Code window: activation, processor, memory (`npm run package` first). */
import type { Metafile } from 'esbuild';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { projectRoot } from '../../scripts/cache.mts';
import { activationBytes } from '../../scripts/package/bundle-structure.mts';
import type { VsCodeWindow } from '../window/host/window.mts';
import { untilFound } from '../window/support/services.mts';
import { atMost, median, type Figure } from './support/figure.mts';
import {
  inMeasuredWindow,
  memoryOfHost,
  ourVsix,
  plainTitle,
  plainVsix,
  processorOf,
} from './support/measured-window.mts';
import { services } from './support/services.mts';

const components = 10;
const watchedSeconds = 60;
/** Until a new window has nothing to do any more. */
const settleMs = 15_000;

export async function figures(rounds: number): Promise<readonly Figure[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'extension-bench-'));
  try {
    const project = path.join(folder, 'project');
    mkdirSync(project);
    writeFileSync(path.join(project, 'service.py'), services(components));
    const plain = await plainVsix(folder, 0);
    // The list of running extensions is sorted by time, and shows only what is in sight.
    const options = { folder, project, viewport: { width: 1280, height: 4000 } };
    const without: Idle[] = [];
    const withIt: Idle[] = [];
    const activations: Activation[] = [];
    for (let round = 0; round < rounds; round++) {
      without.push(await inMeasuredWindow({ ...options, extensions: [plain] }, idle));
      await inMeasuredWindow({ ...options, extensions: [plain, ourVsix] }, async (window) => {
        withIt.push(await idle(window));
        activations.push({
          ours: await activationOf(window, 'Serve Bento'),
          plain: await activationOf(window, plainTitle),
        });
      });
    }
    const serving = await inMeasuredWindow({ ...options, extensions: [plain, ourVsix] }, serve);
    return [...activation(activations), ...sizes(), ...costs(without, withIt, serving)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Idle {
  readonly memoryMb: number;
  readonly percent: number;
}

/** Milliseconds that VS Code itself tells. */
interface Activation {
  readonly ours: number;
  readonly plain: number;
}

interface Serving {
  readonly before: Idle;
  readonly ready: Idle;
}

/** What VS Code tells has the time in which an extension waits for those that are loaded before it. */
function activation(windows: readonly Activation[]): readonly Figure[] {
  const ours = median(windows.map((one) => one.ours));
  const plain = median(windows.map((one) => one.plain));
  return [
    {
      what: 'activation beyond that of an extension that only has an empty tree',
      value: median(windows.map((one) => one.ours - one.plain)),
      unit: 'ms',
      goal: atMost(20),
      ours: `VS Code tells ${String(ours)} ms, and ${String(plain)} ms of that other one`,
    },
  ];
}

function sizes(): readonly Figure[] {
  const metafile = readFileSync(path.join(projectRoot, 'out/metafile.json'), 'utf8');
  const { outputs } = JSON.parse(metafile) as Metafile;
  return [
    {
      what: 'code loaded at activation',
      value: activationBytes(outputs) / 1000,
      unit: 'kB',
      goal: atMost(250),
    },
    { what: 'package', value: statSync(ourVsix).size / 1000, unit: 'kB', goal: atMost(600) },
  ];
}

/** VS Code itself is at work in the same process: what it takes without us is taken off. */
function costs(
  without: readonly Idle[],
  withIt: readonly Idle[],
  { before, ready }: Serving,
): readonly Figure[] {
  const added = (one: keyof Idle): number =>
    median(withIt.map((idle) => idle[one])) - median(without.map((idle) => idle[one]));
  const memory = added('memoryMb');
  const all = `${String(components)} ready components`;
  const percent = '% of one core';
  return [
    {
      what: 'memory that it adds, idle',
      value: memory,
      unit: 'MB',
      goal: atMost(8),
      ours: `the extension host without it: ${median(without.map((idle) => idle.memoryMb)).toFixed(0)} MB`,
    },
    {
      what: `memory that it adds with ${all}`,
      value: memory + ready.memoryMb - before.memoryMb,
      unit: 'MB',
      goal: atMost(15),
    },
    {
      what: 'processor that it adds to the extension host, idle',
      value: added('percent'),
      unit: percent,
      ours: `without it: ${median(without.map((idle) => idle.percent)).toFixed(2)} %`,
    },
    {
      what: `processor that it adds with ${all}`,
      value: ready.percent - before.percent,
      unit: percent,
      goal: atMost(0.3),
      ours: `${ready.percent.toFixed(2)} % in all, ${before.percent.toFixed(2)} % before it served`,
    },
  ];
}

async function idle(window: VsCodeWindow): Promise<Idle> {
  await pause(settleMs);
  const memoryMb = memoryOfHost(window);
  return { memoryMb, percent: await processorOf(window, watchedSeconds) };
}

async function serve(window: VsCodeWindow): Promise<Serving> {
  await untilFound(window, 'Entry');
  const before = await idle(window);
  await window.command('BentoML: Serve Bento');
  const all = `${String(components)}/${String(components)}`;
  await window.until(
    'all ready',
    async () =>
      (await window.tree.rows()).some(({ description }) => description.includes(`ready · ${all}`)),
    60_000,
  );
  return { before, ready: await idle(window) };
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
