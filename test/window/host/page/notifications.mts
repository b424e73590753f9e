import type { Page } from 'playwright-core';

const shown = ':is(.notifications-toasts, .notifications-center.visible)';

/** Toasts, and the notification center while it is open. A window of a suite never has toasts. */
export class Notifications {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  messages(): Promise<readonly string[]> {
    return this.#page.locator(`${shown} .notification-list-item-message`).allTextContents();
  }

  buttons(): Promise<readonly string[]> {
    return this.#buttons().allTextContents();
  }

  /** Clicks a notification's button. */
  async answer(button: string): Promise<void> {
    await this.#buttons().filter({ hasText: button }).first().click({ timeout: 15_000 });
  }

  #buttons() {
    return this.#page.locator(`${shown} .notification-list-item-buttons-container a.monaco-button`);
  }
}
