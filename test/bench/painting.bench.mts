/** What VS Code draws of 200 bentos: how long, and how much of it again when one changes (`npm run package` first). */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { VsCodeWindow } from '../window/host/window.mts';
import { atMost, median, type Figure } from './support/figure.mts';
import { inMeasuredWindow, ourVsix, plainTitle, plainVsix } from './support/measured-window.mts';
import { services } from './support/services.mts';

const bentos = 200;
/** Until a new window has nothing to do any more. */
const settleMs = 12_000;
/** Several probes of a component. */
const watchedMs = 40_000;

export async function figures(rounds: number): Promise<readonly Figure[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'painting-bench-'));
  try {
    const project = path.join(folder, 'project');
    mkdirSync(project);
    for (let index = 0; index < bentos; index++) {
      const name = `service_${String(index).padStart(3, '0')}`;
      const source = services(1).replaceAll('Entry', `Entry${String(index)}`);
      writeFileSync(path.join(project, `${name}.py`), source);
    }
    const extensions = [await plainVsix(folder, bentos), ourVsix];
    const options = { folder, project, extensions, viewport: { width: 1280, height: 1000 } };
    return await inMeasuredWindow(options, async (window) => {
      const ours: number[] = [];
      const plain: number[] = [];
      for (let round = 0; round < rounds; round++) {
        if (round > 0) await window.reload();
        await pause(settleMs);
        plain.push(await painted(window, plainTitle, 'row '));
        ours.push(await painted(window, 'Serve Bento', 'Entry'));
        await window.activityBar.open('Explorer');
      }
      const redrawn = await redrawnAtChanges(window);
      return [
        {
          what: `tree of ${String(bentos)} bentos: from the click to the first paint`,
          value: median(ours),
          unit: 'ms',
          goal: atMost(200),
          ours: `as many rows of an extension that does nothing else: ${String(Math.round(median(plain)))} ms`,
        },
        {
          what: 'rows that are drawn again when a component changes',
          value: Math.max(...redrawn),
          unit: 'of them',
          goal: atMost(1),
          ours: `${String(redrawn.length)} changes seen`,
        },
      ];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds from a click on the icon until rows with such labels are drawn, as the page itself sees it. */
async function painted(window: VsCodeWindow, title: string, label: string): Promise<number> {
  const icon = window.activityBar.icon(title).locator('a.action-label');
  return icon.evaluate(
    (element, wanted) =>
      new Promise<number>((resolve) => {
        const isDrawn = (): boolean => {
          const labels = [...document.querySelectorAll('.pane-body .label-name')];
          return labels.filter((one) => one.textContent.startsWith(wanted)).length >= 20;
        };
        const from = performance.now();
        const look = (): void => {
          if (isDrawn()) resolve(performance.now() - from);
          else requestAnimationFrame(look);
        };
        (element as HTMLElement).click();
        look();
      }),
    label,
  );
}

/** Serves one of the bentos; how many rows differ in each frame in which any does. */
async function redrawnAtChanges(window: VsCodeWindow): Promise<readonly number[]> {
  await window.activityBar.open('Serve Bento');
  await window.tree.clickInlineAction('Entry0', 'Serve');
  await window.until(
    'all ready',
    async () =>
      (await window.tree.rows()).some(({ description }) => description.startsWith('ready · 1/1')),
    60_000,
  );
  await pause(settleMs);
  await window.page.mouse.move(0, 0);
  return window.page.evaluate(
    (ms) =>
      new Promise<readonly number[]>((resolve) => {
        const frames: number[] = [];
        let rows = new Set<Element>();
        const observer = new MutationObserver((changes) => {
          if (rows.size === 0) {
            requestAnimationFrame(() => {
              frames.push(rows.size);
              rows = new Set();
            });
          }
          for (const { target } of changes) {
            const element = target instanceof Element ? target : target.parentElement;
            const row = element?.closest('.monaco-list-row');
            if (row) rows.add(row);
          }
        });
        // Not attributes: VS Code's list sets those of all rows in sight anew whenever one is replaced.
        const what = { subtree: true, childList: true, characterData: true };
        for (const list of document.querySelectorAll('.pane-body .monaco-list-rows')) {
          observer.observe(list, what);
        }
        setTimeout(() => {
          observer.disconnect();
          resolve(frames.filter((count) => count > 0));
        }, ms);
      }),
    watchedMs,
  );
}
