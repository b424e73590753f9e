import assert from 'node:assert/strict';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { askSearch } from '../support/sample-requests.ts';
import { addressOf, pythonProcesses, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search', workspaceTrust: true };

/** Restricted Mode shows what is there and runs nothing; trust makes it work at once. */
const journey: Journey = async (page, window) => {
  await untilFound(window, 'Search');
  await window.until('Restricted Mode in the status bar', () => window.trust.isRestricted());
  await page.evaluate(() => Object.assign(globalThis, { notReloaded: true }));
  await window.screenshot('restricted');

  await window.command('BentoML: Serve Bento');
  const trust = page.locator('.workspace-trust-editor .monaco-button', { hasText: /^Trust$/ });
  await trust.waitFor();
  await window.screenshot('asked');
  assert.deepEqual(pythonProcesses(window), [], 'nothing runs before trust');

  await trust.click();
  await window.until('trust', async () => !(await window.trust.isRestricted()));
  await page.keyboard.press('Escape');
  await window.command('BentoML: Serve Bento');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  await askSearch(`http://${await addressOf(window, 'http')}`);
  assert.ok(await page.evaluate(() => 'notReloaded' in globalThis));
  await window.screenshot('served');
};

export default journey;
