import type { Page } from 'playwright-core';

/** Replaces the first line with a text in the open editor. @param source what the file contains */
export async function replaceLine(
  page: Page,
  source: string,
  part: string,
  text: string,
): Promise<void> {
  const line = source.split('\n').findIndex((one) => one.includes(part)) + 1;
  await page.locator('.monaco-editor .view-lines').first().click();
  await page.keyboard.press('Control+G');
  await page.keyboard.type(String(line));
  await page.keyboard.press('Enter');
  await page.keyboard.press('Home');
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await page.keyboard.insertText(text);
}
