/** In a real VS Code window, from the click on Serve until every row is ready, against `bentoml serve` (`npm run package` first). */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { projectRoot } from '../../scripts/cache.mts';
import { ensureEnvironments } from '../../scripts/environments.mts';
import type { VsCodeWindow } from '../window/host/window.mts';
import { pythonPids, untilFound } from '../window/support/services.mts';
import { atMost, inMs, paired, type Figure } from './support/figure.mts';
import { inMeasuredWindow, ourVsix } from './support/measured-window.mts';
import { classServices, serveTheirs } from './support/subject.mts';

const bento = 'Search';
const components = 3;
/** VS Code itself takes most of the processor for so long after a window has opened. */
const settleMs = 10_000;
/** What has idle priority waits for everything else on the machine. */
const warmLimitMs = 120_000;

interface Round {
  readonly theirs: number;
  /** In a window that never served the folder. */
  readonly never: number;
  /** In the next window, once it has warmed up. */
  readonly before: number;
}

export async function figures(count: number): Promise<readonly Figure[]> {
  const rounds: Round[] = [];
  while (rounds.length < count) rounds.push({ theirs: await theirs(), ...(await ours()) });
  const figure = (what: string, which: 'never' | 'before', goal: number): Figure =>
    paired(
      `class services, click to ready, ${what}`,
      rounds.map((one) => [one[which], one.theirs]),
      inMs,
      atMost(goal),
    );
  return [figure('never served here', 'never', 0.5), figure('served here before', 'before', 0.15)];
}

async function theirs(): Promise<number> {
  const pythons = await ensureEnvironments([classServices.environment]);
  const served = await serveTheirs(pythons[classServices.environment], classServices);
  await served.stop();
  return served.readyMs;
}

/** The first window of a user, and the one after it. */
async function ours(): Promise<Omit<Round, 'theirs'>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'window-bench-'));
  const project = path.join(projectRoot, classServices.sample);
  const viewport = { width: 1280, height: 800 };
  try {
    return await inMeasuredWindow(
      { folder, project, extensions: [ourVsix], viewport },
      async (window) => {
        await untilFound(window, bento);
        await pause(settleMs);
        const never = await clickToReady(window);
        await window.command('BentoML: Stop All Bentos');
        await window.until('the end of all', () => pythonPids(window).length === 0);
        await window.reload();
        await untilFound(window, bento);
        const isWarm = (): boolean => /Search: warm$/m.test(window.extensionLog());
        await window.until('that it is warm', isWarm, warmLimitMs);
        return { never, before: await clickToReady(window) };
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds, as the page itself sees both. */
async function clickToReady(window: VsCodeWindow): Promise<number> {
  const measured = await observe(window.page);
  await window.tree.clickInlineAction(bento, 'Serve Bento');
  return measured();
}

/** Begins to observe the page; the result waits for the click and for the rows. */
async function observe(page: Page): Promise<() => Promise<number>> {
  const observer = await page.evaluateHandle((expected) => {
    const { promise, resolve } = Promise.withResolvers<number>();
    let clickedAt: number | undefined;
    document.addEventListener(
      'click',
      ({ target }) => {
        const isServe = target instanceof Element && target.closest('[aria-label^="Serve Bento"]');
        if (isServe) clickedAt ??= performance.now();
      },
      { capture: true },
    );
    const areReady = (): boolean => {
      const rows = document.querySelectorAll('.pane-body .monaco-list-row[aria-level="2"]');
      const states = [...rows].map((row) => row.querySelector('.label-description')?.textContent);
      return states.filter((state) => state?.split(' · ').includes('ready')).length === expected;
    };
    const changes = new MutationObserver(() => {
      if (clickedAt === undefined || !areReady()) return;
      changes.disconnect();
      resolve(performance.now() - clickedAt);
    });
    const options = { subtree: true, childList: true, characterData: true, attributes: true };
    changes.observe(document.body, options);
    return { ready: promise };
  }, components);
  return () => observer.evaluate(({ ready }) => ready);
}
