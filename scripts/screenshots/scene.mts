import path from 'node:path';
import type { CaseOptions } from '../../test/window/case-options.mts';
import type { VsCodeWindow } from '../../test/window/host/window.mts';
import { projectRoot } from '../cache.mts';

/** One picture of the pages, and the steps that lead to it. */
export interface Scene {
  readonly name: string;
  readonly options: CaseOptions;
  /** `python`: an interpreter with BentoML. */
  readonly play: (window: VsCodeWindow, python: string) => Promise<void>;
}

export const picturesFolder = path.join(projectRoot, 'media/docs');

export const look: Readonly<Record<string, unknown>> = {
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false,
  // The address may be that of a forwarded port, which is told about elsewhere.
  'remote.autoForwardPorts': false,
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.layoutControl.enabled': false,
};

/** Opens a file of the folder in the editor; a key pressed before the workbench listens is lost. */
export async function openFile({ page, until }: VsCodeWindow, name: string): Promise<void> {
  const input = page.locator('.quick-input-widget:visible input').first();
  const row = page.locator('.quick-input-widget:visible .monaco-list-row').first();
  const soon = { timeout: 2000 };
  await until('the file in the editor', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+p');
    await input.fill(name, soon);
    await row.filter({ hasText: name }).click(soon);
    await page.locator(`.tab[data-resource-name="${name}"]`).waitFor(soon);
    return true;
  });
}

/** Drags the edge of the side bar until its rows fit. */
export async function widenSideBar(window: VsCodeWindow, width: number): Promise<void> {
  const { page } = window;
  const box = await page.locator('.part.sidebar').boundingBox();
  if (box === null) throw new Error('There is no side bar to widen.');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width, y);
  await page.mouse.down();
  await page.mouse.move(box.x + width, y, { steps: 5 });
  await page.mouse.up();
}
