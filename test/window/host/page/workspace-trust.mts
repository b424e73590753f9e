import type { Page } from 'playwright-core';

/** Only in a window that was opened with `workspaceTrust: true`. */
export class WorkspaceTrust {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Answers the dialog of a window whose `security.workspace.trust.startupPrompt` is `always`. */
  async answer(trusted: boolean): Promise<void> {
    const text = trusted ? 'Yes, I trust the authors' : "No, I don't trust the authors";
    const buttons = this.#page.locator('.monaco-dialog-box .monaco-button');
    await buttons.filter({ hasText: text }).first().click();
  }

  /** Whether the window says that it is in Restricted Mode. */
  async isRestricted(): Promise<boolean> {
    return (await this.#page.locator('.statusbar-item[id="status.workspaceTrust"]').count()) > 0;
  }

  /** Trusts the folder later on, through the status bar and the editor it opens. */
  async grant(): Promise<void> {
    await this.#page.locator('.statusbar-item[id="status.workspaceTrust"] a').click();
    const editor = this.#page.locator('.workspace-trust-editor');
    await editor
      .locator('.monaco-button')
      .filter({ hasText: /^Trust$/ })
      .first()
      .click();
  }
}
