import type { Page } from 'playwright-core';
import { until } from '../until.mts';

/** The settings editor, opened with its command. */
export class SettingsEditor {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Waits until a search for these words shows a setting with this label, such as `Serve Bento › Http: Port`. */
  async finds(words: string, label: RegExp): Promise<void> {
    const editor = this.#page.locator('.settings-editor:visible');
    await editor.locator('.search-container .monaco-editor').click({ timeout: 15_000 });
    await this.#page.keyboard.press('ControlOrMeta+A');
    await this.#page.keyboard.type(words);
    await until(`a setting for "${words}"`, async () => {
      const titles = await editor.locator('.setting-item-title').allTextContents();
      const shown = titles.map((title) => title.replace(/\s+/g, ' ').trim());
      if (shown.some((title) => label.test(title))) return true;
      throw new Error(`shown: ${shown.join(', ')}`);
    });
  }
}
