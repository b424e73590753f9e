import type { Page } from 'playwright-core';
import type { VsCodePage } from '../host/vscode-page.mts';

/** Scales a component from its row. */
export async function scale(window: VsCodePage, component: string, count: number): Promise<void> {
  await window.tree.chooseFromMenu(component, 'Scale…');
  await window.quickInput.asks(`Number of replicas of ${component} (Search)`);
  await window.quickInput.type(String(count));
}

/** Returns the labels of the rows of containers and pods that are ready. */
export async function readyWorkers(window: VsCodePage): Promise<readonly string[]> {
  return (await window.tree.rows())
    .filter(({ level, description }) => level === 3 && /\bready\b/.test(description))
    .map(({ label }) => label);
}

/** Opens the log of a container or pod from its row, and waits for its output. */
export async function showLog(window: VsCodePage, worker: string, output: RegExp): Promise<void> {
  await window.tree.clickInlineAction(worker, 'Show Logs');
  await window.until(`the log of ${worker}`, async () => {
    const names = await window.terminal.names();
    return (
      names.some((name) => name.startsWith(worker)) && output.test(await window.terminal.text())
    );
  });
}

/** Waits until the editor in front shows a text. */
export async function untilEditorShows(
  window: VsCodePage,
  page: Page,
  title: string,
  text: RegExp,
): Promise<void> {
  const tab = page.locator('.tab.active .label-name').filter({ hasText: title.slice(0, 40) });
  await window.until(`an editor with ${title}`, async () => {
    const lines = await page.locator('.editor-instance:visible .view-line').allTextContents();
    const shown = lines.join('\n').replaceAll('\u00a0', ' ');
    return (await tab.count()) > 0 && text.test(shown);
  });
}
