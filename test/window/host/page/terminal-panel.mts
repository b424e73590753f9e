import type { Page } from 'playwright-core';

export class TerminalPanel {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** What the terminal in front shows. */
  async text(): Promise<string> {
    const lines = await this.#page
      .locator('.terminal-wrapper.active .xterm-rows > div')
      .allTextContents();
    return lines
      .map((line) => line.replaceAll('\u00a0', ' ').trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** Names of all terminals; the list of tabs is there from the second terminal on. */
  async names(): Promise<readonly string[]> {
    const tabs = this.#page.locator('.terminal-tabs-entry .label-name');
    const single = this.#page.locator('.single-terminal-tab');
    const found = (await tabs.count()) > 0 ? tabs : single;
    return (await found.allTextContents()).map((name) => name.trim());
  }

  async select(name: string): Promise<void> {
    await this.#page.locator('.terminal-tabs-entry').filter({ hasText: name }).first().click();
  }

  /** Types into the terminal in front. */
  async press(keys: string): Promise<void> {
    await this.#page.locator('.terminal-wrapper.active').first().click();
    await this.#page.keyboard.press(keys);
  }
}
