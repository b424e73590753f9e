import type { Page } from 'playwright-core';

/** The command palette, quick picks and input boxes. */
export class QuickInput {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /**
   * Runs a command from the palette by its title. An F1 before the workbench listens is lost, and
   * an open palette never takes in commands contributed later: so all of it is tried again, each time with more
   * patience, since a busy machine may take seconds to open it.
   */
  async run(title: string, milliseconds = 60_000): Promise<void> {
    const end = Date.now() + milliseconds;
    for (let timeout = 2000; ; timeout *= 2) {
      try {
        await this.#page.keyboard.press('F1');
        await this.#input().waitFor({ timeout });
        await this.#set(`>${title}`);
        // Not the first that begins so, which may be another one that was run last.
        const label = this.#page.locator('.label-name').filter({ hasText: exactly(title) });
        const row = this.#rows().filter({ has: label }).first();
        await row.waitFor({ timeout });
        await row.click({ timeout });
        return;
      } catch (error) {
        await this.#page.keyboard.press('Escape');
        if (Date.now() > end) {
          throw new Error(`The palette has no command "${title}".`, { cause: error });
        }
      }
    }
  }

  /** Titles that the palette offers for what is typed. */
  async offers(typed: string): Promise<readonly string[]> {
    await this.#page.keyboard.press('F1');
    await this.#input().waitFor({ timeout: 15_000 });
    await this.#set(`>${typed}`);
    await this.#rows().first().waitFor({ timeout: 15_000 });
    const titles = await this.items();
    await this.#page.keyboard.press('Escape');
    return titles;
  }

  async items(): Promise<readonly string[]> {
    const texts = await this.#rows().locator('.label-name').allTextContents();
    return texts.map((text) => text.trim());
  }

  async pick(text: string): Promise<void> {
    await this.#rows().filter({ hasText: text }).first().click({ timeout: 15_000 });
  }

  /** Waits for a question with this title. */
  async asks(title: string): Promise<void> {
    const found = this.#page.locator('.quick-input-widget:visible .quick-input-title');
    await found.filter({ hasText: title }).waitFor({ timeout: 30_000 });
  }

  /** Of a list that takes several. */
  async pickOnly(text: string): Promise<void> {
    await this.pick(text);
    await this.#page.keyboard.press('Enter');
  }

  async dismiss(): Promise<void> {
    await this.#page.keyboard.press('Escape');
  }

  async type(text: string): Promise<void> {
    await this.#input().waitFor({ timeout: 15_000 });
    await this.#set(text);
    await this.#page.keyboard.press('Enter');
  }

  /**
   * Sets the value of the input itself. Playwright's `fill` types into what has the focus, which is the text of a file
   * when an editor opens at that moment.
   */
  async #set(value: string): Promise<void> {
    await this.#input().evaluate((input, text) => {
      if (!(input instanceof HTMLInputElement)) throw new Error('It is not an input.');
      input.value = text;
      input.dispatchEvent(new Event('input', { bubbles: true }));
    }, value);
  }

  #input() {
    return this.#page.locator('.quick-input-widget:visible input').first();
  }

  #rows() {
    return this.#page.locator('.quick-input-widget:visible .quick-input-list .monaco-list-row');
  }
}

const exactly = (text: string): RegExp =>
  new RegExp(`^\\s*${text.replaceAll(/[^\w\s]/g, '\\$&')}\\s*$`);
