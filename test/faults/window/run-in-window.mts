import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { projectRoot } from '../../../scripts/cache.mts';
import { windowOptions, type CaseContext } from '../../window/case-options.mts';
import { openWindow } from '../../window/host/open-window.mts';
import type { Host } from '../../window/host/setup.mts';
import { isSceneFault } from '../fault.ts';
import type { Outcome } from '../run-fault.ts';
import { faults } from '../table.ts';
import type { FaultReportLine } from './report-line.ts';

type OnOutcome = (index: number, outcome: Outcome) => void;

const runner = path.join(projectRoot, 'out/faults/compiled/runner.js');
/** Opening a window, and clearing away what a fault has left. */
const patienceSeconds = 90;

/** Compiles the table for the extension host, which loads CommonJS. */
export async function bundleRunner(): Promise<void> {
  await build({
    entryPoints: [path.join(import.meta.dirname, 'runner.ts')],
    outfile: runner,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    external: ['vscode'],
    logLevel: 'warning',
  });
}

/** Plays faults one after the other in one window, and in another one when its extension host has ended. */
export async function runInWindow(
  host: Host,
  wanted: readonly number[],
  context: CaseContext,
  out: string,
  onOutcome: OnOutcome,
): Promise<void> {
  let left = wanted;
  for (let count = 1; left.length > 0; count++) {
    const over = await runUntilEnd(
      host,
      left,
      context,
      path.join(out, `window-${count}`),
      onOutcome,
    );
    left = left.filter((index) => !over.has(index));
  }
}

/** Which ones are over; at least one is. */
async function runUntilEnd(
  host: Host,
  wanted: readonly number[],
  context: CaseContext,
  out: string,
  onOutcome: OnOutcome,
): Promise<ReadonlySet<number>> {
  mkdirSync(out, { recursive: true });
  const reportFile = path.join(out, 'report.jsonl');
  writeFileSync(reportFile, '');
  const options = await windowOptions({ folder: 'test/fixtures/bentos/empty' }, context);
  const window = await openWindow(host, out, {
    ...options,
    suite: runner,
    env: {
      ...options.env,
      SERVE_BENTO_PROJECT: projectRoot,
      SERVE_BENTO_TEST_REPORT: reportFile,
      SERVE_BENTO_FAULTS: JSON.stringify(wanted),
    },
  });
  let ended = '';
  window.suiteEnded.then(
    (code) => (ended = `VS Code ended with ${code}`),
    (error: unknown) => (ended = error instanceof Error ? error.message : String(error)),
  );
  const over = new Set<number>();
  let current = wanted[0] ?? 0;
  let read = 0;
  let deadline = deadlineOf(current);
  const takeIn = (): void => {
    const lines = readFileSync(reportFile, 'utf8').split('\n').slice(0, -1);
    for (const text of lines.slice(read)) {
      const line = JSON.parse(text) as FaultReportLine;
      current = line.index;
      deadline = deadlineOf(current);
      if (line.kind === 'begun') continue;
      over.add(line.index);
      onOutcome(line.index, line.outcome);
    }
    read = lines.length;
  };
  try {
    while (ended === '' && performance.now() < deadline && over.size < wanted.length) {
      await sleep(200);
      takeIn();
    }
    takeIn();
    if (over.size < wanted.length) {
      await window.screenshot('ended').catch(() => undefined);
      const lost = over.has(current) ? wanted.find((index) => !over.has(index)) : current;
      const seen = `${ended || 'the extension host does not go on'}: see ${out}`;
      if (lost !== undefined) {
        over.add(lost);
        onOutcome(lost, { asExpected: false, seen, milliseconds: 0 });
      }
    }
  } finally {
    await window.close();
  }
  return over;
}

function deadlineOf(index: number): number {
  const fault = faults[index];
  const seconds =
    fault !== undefined && isSceneFault(fault) ? (fault.limit ?? 90) * (fault.times ?? 1) : 0;
  return performance.now() + (seconds + patienceSeconds) * 1000;
}
