import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../../support/processes.ts';
import type { CaseOptions } from '../case-options.mts';
import type { VsCodeWindow } from '../host/window.mts';
import type { Journey } from '../journey.mts';
import { askSearch } from '../support/sample-requests.ts';
import {
  addressOf,
  pythonPids,
  untilFound,
  untilNothingRuns,
  untilReady,
} from '../support/services.mts';

export const options: CaseOptions = {
  folder: 'samples/search',
  debugpy: true,
  timeoutSeconds: 400,
};

const components = ['http', 'Embedder', 'Ranker'];

/**
 * A breakpoint is hit in a bento that is debugged from its start, and in one that was served before. Nothing that is
 * paused outlives the extension host.
 */
const journey: Journey = async (page, window) => {
  await untilFound(window, 'Search');
  await setBreakpoint(window, 'return [unit_vector(text)');

  await window.activityBar.open('Serve Bento');
  await window.tree.clickInlineAction('Search', 'Debug Bento');
  await untilDebugged(window);
  await window.screenshot('debugging');
  const url = `http://${await addressOf(window, 'http')}`;
  await hitAndContinue(window, url, 'hit');

  await page.locator('.debug-toolbar a.action-label.codicon-debug-stop').click();
  await window.activityBar.open('Serve Bento');
  await untilNothingRuns(window);
  await page.locator('.debug-toolbar:visible').waitFor({ state: 'hidden' });

  await window.tree.clickInlineAction('Search', 'Serve Bento');
  await untilReady(window, components);
  const pids = pythonPids(window);
  await window.tree.chooseFromMenu('Embedder', 'Attach Debugger');
  await untilSaid(window, 'Embedder', /debugging/);
  assert.deepEqual(
    pids.filter((pid) => !pythonPids(window).includes(pid)),
    [],
    'nothing was restarted',
  );
  await hitAndContinue(window, url, 'attached');
  await window.command('Debug: Disconnect');
  await untilReady(window, components);
  await window.until(
    'the end of debugging',
    async () => !/debugging/.test(await said(window, 'Embedder')),
  );
  await askSearch(url);

  await window.tree.chooseFromMenu('Embedder', 'Attach Debugger');
  await untilSaid(window, 'Embedder', /debugging/);
  await untilHit(window, url);
  const old = pythonPids(window);
  window.killExtensionHost();
  await window.until('the end of what was paused', () => !old.some(isAlive), 5_000);
  // The next extension host serves what was served.
  await window.until('new processes', () => pythonPids(window).length > 0, 30_000);
  await untilReady(window, components);
  await askSearch(`http://${await addressOf(window, 'http')}`);
  await window.tree.clickInlineAction('Search', 'Stop Bento');
  await untilNothingRuns(window);
};

/** By keyboard, in the line with that text. */
async function setBreakpoint(window: VsCodeWindow, text: string): Promise<void> {
  const { page } = window;
  const lines = readFileSync(path.join(window.folder, 'service.py'), 'utf8').split('\n');
  const line = lines.findIndex((one) => one.includes(text)) + 1;
  await window.activityBar.open('Explorer');
  await window.tree.row('service.py').click();
  await page.locator('.tab[aria-label^="service.py"]').waitFor();
  await window.command('Go to Line/Column...');
  await page.keyboard.type(`${line}`);
  await page.keyboard.press('Enter');
  await window.command('Debug: Toggle Breakpoint');
  await page
    .locator('.codicon-debug-breakpoint, .codicon-debug-breakpoint-unverified')
    .first()
    .waitFor();
}

async function untilDebugged(window: VsCodeWindow): Promise<void> {
  await window.activityBar.open('Serve Bento');
  for (const component of components) await untilSaid(window, component, /debugging/);
  await untilReady(window, components);
}

async function said(window: VsCodeWindow, component: string): Promise<string> {
  const rows = await window.tree.rows();
  return rows.find(({ label, level }) => level === 2 && label === component)?.description ?? '';
}

async function untilSaid(window: VsCodeWindow, component: string, text: RegExp): Promise<void> {
  await window.until(
    `${component}: ${text.source}`,
    async () => text.test(await said(window, component)),
    120_000,
  );
}

/** A request that is paused at the breakpoint. */
interface Paused {
  readonly answer: Promise<unknown>;
  readonly isAnswered: () => boolean;
}

/** Sends requests until one is paused at the breakpoint. */
async function untilHit(window: VsCodeWindow, url: string): Promise<Paused> {
  const line = window.page.locator('.debug-top-stack-frame-line').first();
  let answers = 0;
  let isAnswered = true;
  let answer = Promise.resolve();
  const ask = (): void => {
    isAnswered = false;
    answer = askSearch(url);
    void answer.catch(() => undefined).finally(() => (isAnswered = true));
  };
  // The row says "debugging" a moment before the editor has sent its breakpoints.
  await window.until(
    'the breakpoint',
    async () => {
      if (await line.isVisible()) return true;
      if (isAnswered && answers++ < 20) ask();
      return false;
    },
    60_000,
  );
  await window.activityBar.open('Serve Bento');
  await untilSaid(window, 'Embedder', /^paused in debugger/);
  return { answer, isAnswered: () => isAnswered };
}

/** Sends a request, waits at the breakpoint, and goes on. */
async function hitAndContinue(window: VsCodeWindow, url: string, picture: string): Promise<void> {
  const { page } = window;
  const { answer, isAnswered } = await untilHit(window, url);
  await window.screenshot(picture);
  // The line has a comprehension, which stops there again.
  await window.until('the answer', async () => {
    if (isAnswered()) return true;
    if (await page.locator('.debug-top-stack-frame-line').first().isVisible())
      await page.keyboard.press('F5');
    return false;
  });
  await answer;
  await window.activityBar.open('Serve Bento');
  await untilReady(window, components);
}

export default journey;
