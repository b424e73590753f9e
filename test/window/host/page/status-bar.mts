import type { Locator, Page } from 'playwright-core';

export interface StatusBarItem {
  readonly id: string;
  readonly text: string;
  readonly aria: string;
}

export class StatusBar {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** An extension's item has the id `publisher.name.item`. Icons are not in its text. */
  item(id: string): Locator {
    return this.#page.locator(`.statusbar-item[id="${id}"]`).first();
  }

  items(): Promise<readonly StatusBarItem[]> {
    return this.#page.locator('.statusbar-item').evaluateAll((elements) =>
      elements.map((element) => ({
        id: element.id,
        text: element.textContent.trim(),
        aria: element.querySelector('a')?.getAttribute('aria-label') ?? '',
      })),
    );
  }
}
