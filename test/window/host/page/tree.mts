import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator, Page } from 'playwright-core';
import { until } from '../until.mts';
import { exactly } from './exactly.mts';

export interface TreeRow {
  readonly label: string;
  readonly description: string;
  readonly level: number;
  /** Absent for a row that has no children. */
  readonly expanded?: boolean;
  /** The tooltip, as a screen reader says it. */
  readonly aria: string;
  /** The class names of its icon, such as `codicon-pass`. */
  readonly icon: string;
}

/** The tree of the view that is open. Lists are virtual: only rows in sight exist. */
export class Tree {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  rows(): Promise<readonly TreeRow[]> {
    return this.#rows().evaluateAll((elements) =>
      elements.map((element) => {
        const text = (selector: string) => element.querySelector(selector)?.textContent ?? '';
        const expanded = element.getAttribute('aria-expanded');
        return {
          label: text('.label-name'),
          description: text('.label-description'),
          level: Number(element.getAttribute('aria-level')),
          ...(expanded === null ? {} : { expanded: expanded === 'true' }),
          aria: element.getAttribute('aria-label') ?? '',
          icon: element.querySelector('.custom-view-tree-node-item-icon')?.className ?? '',
        };
      }),
    );
  }

  row(label: string): Locator {
    const name = this.#page.locator('.label-name').filter({ hasText: exactly(label) });
    return this.#rows().filter({ has: name }).first();
  }

  /** What of a row's description is in sight: in a narrow view its end is cut off. */
  visibleDescription(label: string): Promise<string> {
    return this.row(label).evaluate((row) => {
      const description = row.querySelector('.label-description');
      const text = description?.querySelector('span')?.firstChild ?? description?.firstChild;
      const frame = row.querySelector('.monaco-icon-label-container')?.getBoundingClientRect();
      if (text === undefined || text === null || frame === undefined) return '';
      const all = text.textContent ?? '';
      const range = document.createRange();
      const isInSight = (end: number): boolean => {
        range.setStart(text, end - 1);
        range.setEnd(text, end);
        return range.getBoundingClientRect().right <= frame.right;
      };
      let end = 0;
      while (end < all.length && isInSight(end + 1)) end++;
      // Something stands for what is cut off.
      return end === all.length ? all : all.slice(0, Math.max(0, end - 2));
    });
  }

  async expand(label: string): Promise<void> {
    const row = this.row(label);
    await row.waitFor({ timeout: 15_000 });
    if ((await row.getAttribute('aria-expanded')) === 'false') {
      await row.locator('.monaco-tl-twistie').click();
    }
  }

  /** Clicks one of the buttons that show when the pointer is over the row. */
  async clickInlineAction(label: string, action: string): Promise<void> {
    const row = this.row(label);
    const button = row.locator(`.actions a.action-label[aria-label^="${action}"]`).first();
    await until(`the button ${action} of ${label}`, async () => {
      // A row that was drawn anew at that moment shows its buttons only when the pointer comes again.
      await this.#page.mouse.move(0, 0);
      await row.hover();
      await button.click({ timeout: 3_000 });
      return true;
    });
  }

  async chooseFromMenu(label: string, entry: string): Promise<void> {
    const name = this.#page.locator('.action-label').filter({ hasText: exactly(entry) });
    // A new window does not know yet that it is trusted, and offers nothing that needs trust.
    const able = this.#page.locator('.monaco-menu .action-menu-item:not(.disabled)');
    const item = able.filter({ has: name }).first();
    let isAgain = false;
    await until(`the menu of ${label}`, async () => {
      // A row that is drawn anew at that moment opens none, or one that is out of date.
      if (isAgain) await this.#page.keyboard.press('Escape');
      isAgain = true;
      await this.row(label).click({ button: 'right', timeout: 5_000 });
      return item.waitFor({ timeout: 3_000 }).then(() => true);
    });
    await item.hover();
    // A menu ignores a mouse up in its first moments.
    await sleep(150);
    await item.click();
  }

  /** What the view says while it has no rows. */
  async welcome(): Promise<string> {
    const texts = await this.#page
      .locator('.pane-body .welcome-view-content:visible')
      .allInnerTexts();
    return texts.join('\n').trim();
  }

  #rows(): Locator {
    return this.#page.locator('.pane-body .monaco-list-row[role=treeitem]');
  }
}
