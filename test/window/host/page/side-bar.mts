import type { Page } from 'playwright-core';

export class SideBar {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Drags its edge; gives the width that it has then, in pixels. */
  async resize(width: number): Promise<number> {
    const before = await this.#box();
    const edge = before.x + before.width;
    const y = before.y + before.height / 2;
    await this.#page.mouse.move(edge, y);
    await this.#page.mouse.down();
    await this.#page.mouse.move(before.x + width, y, { steps: 5 });
    await this.#page.mouse.up();
    // Away from the rows, which show their buttons below the pointer.
    await this.#page.mouse.move(before.x + 600, y);
    return (await this.#box()).width;
  }

  async #box() {
    const box = await this.#page.locator('.part.sidebar').boundingBox();
    if (box === null) throw new Error('The side bar is closed.');
    return box;
  }
}
