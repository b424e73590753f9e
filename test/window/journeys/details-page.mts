import assert from 'node:assert/strict';
import type { Frame, Page } from 'playwright-core';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';

/** A folder without any bento. */
export const options: CaseOptions = { folder: 'test/environments' };

/** The page of the extension shows each of its pictures, and each of its links leads somewhere. */
const journey: Journey = async (page, window) => {
  await window.command('Extensions: Show Installed Extensions');
  await page.locator('.extension-list-item', { hasText: 'Serve Bento' }).first().click();
  const header = page.locator('.extension-editor .header');
  await header.waitFor();
  const readme = await window.until('the README', () => frameWith(page, 'Serve Bento'));
  assert.ok(readme !== undefined);
  await window.until('the pictures', async () => (await loading(readme)).length === 0);
  await window.screenshot('details');
  const shown = await header.locator('img').evaluateAll(widths);
  const pictures = await readme.locator('img').evaluateAll(widths);
  assert.ok(shown.length > 0, 'there is an icon');
  assert.ok(![...shown, ...pictures].includes(0), 'each picture has a width');
  const links = await readme
    // The button back to the top is VS Code's.
    .locator('a[href]:not(#scroll-to-top), [data-href]')
    .evaluateAll((found) =>
      found.map((a) => a.getAttribute('data-href') ?? a.getAttribute('href')),
    );
  assert.ok(links.length > 0, 'there are links');
  const ids = await readme.locator('[id]').evaluateAll((found) => found.map(({ id }) => `#${id}`));
  const dead = links.filter((link) => !/^https:\/\//.test(link ?? '') && !ids.includes(link ?? ''));
  assert.deepEqual(dead, []);
};

async function frameWith(page: Page, heading: string): Promise<Frame | undefined> {
  for (const frame of page.frames()) {
    const found = frame.locator('h1', { hasText: heading });
    if ((await found.count().catch(() => 0)) > 0) return frame;
  }
  return undefined;
}

const widths = (found: readonly Element[]): readonly number[] =>
  found.map((image) => (image as HTMLImageElement).naturalWidth);

const loading = (readme: Frame): Promise<readonly string[]> =>
  readme
    .locator('img')
    .evaluateAll((found) =>
      found.filter((image) => !(image as HTMLImageElement).complete).map(({ id }) => id),
    );

export default journey;
