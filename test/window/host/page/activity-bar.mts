import type { Locator, Page } from 'playwright-core';

export class ActivityBar {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  icon(title: string): Locator {
    const label = this.#page.locator(`a.action-label[aria-label^="${title}"]`);
    return this.#page.locator('.activitybar .action-item').filter({ has: label }).first();
  }

  /** Opens a view container; leaves it open when it is, as a click would close it. */
  async open(title: string): Promise<void> {
    const icon = this.icon(title);
    await icon.waitFor({ timeout: 30_000 });
    const classes = (await icon.getAttribute('class')) ?? '';
    if (!classes.includes('checked')) await icon.locator('a.action-label').click();
  }

  /** The number on the icon, as text; empty without one. */
  async badge(title: string): Promise<string> {
    const badge = this.icon(title).locator('.badge-content');
    return (await badge.count()) > 0 ? ((await badge.first().textContent()) ?? '') : '';
  }
}
