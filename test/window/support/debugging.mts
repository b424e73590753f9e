import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { VsCodeWindow } from '../host/window.mts';
import { askSearch } from './sample-requests.ts';
import { untilReady } from './services.mts';

/** Sets a breakpoint in the line of the sample with a text, by keyboard. */
export async function setBreakpoint(window: VsCodeWindow, text: string): Promise<void> {
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

/** What the row of a component says. */
export async function said(window: VsCodeWindow, component: string): Promise<string> {
  const rows = await window.tree.rows();
  return rows.find(({ label, level }) => level === 2 && label === component)?.description ?? '';
}

export async function untilSaid(
  window: VsCodeWindow,
  component: string,
  text: RegExp,
): Promise<void> {
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
export async function untilHit(window: VsCodeWindow, url: string): Promise<Paused> {
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
export async function hitAndContinue(
  window: VsCodeWindow,
  url: string,
  components: readonly string[],
  picture: string,
): Promise<void> {
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
