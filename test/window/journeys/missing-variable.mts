import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { pythonPids, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = { folder: 'test/fixtures/bentos/missing-env' };

const name = 'SERVE_BENTO_TEST_TOKEN';

/** A variable that the code asks for is entered once, and the settings that hold it are one click away. */
const journey: Journey = async (page, window) => {
  await untilFound(window, 'NeedsToken');
  await window.command('BentoML: Serve Bento');
  await page.getByRole('button', { name: `Enter ${name}…` }).click({ timeout: 60_000 });
  await window.quickInput.asks(`Secret ${name}`);
  await window.screenshot('asked');
  await window.quickInput.type('4711 and more');
  await untilReady(window, ['http']);
  const settings = readFileSync(path.join(window.folder, '.vscode/settings.json'), 'utf8');
  assert.deepEqual((JSON.parse(settings) as Record<string, unknown>)['serveBento.env'], {
    [name]: `\${secret:${name}}`,
  });
  const environments = pythonPids(window).map((pid) =>
    readFileSync(`/proc/${pid}/environ`, 'utf8'),
  );
  assert.ok(environments.some((text) => text.split('\0').includes(`${name}=4711 and more`)));

  await window.command('BentoML: Configure…');
  await page.getByText('Named sets of settings').first().waitFor({ timeout: 30_000 });
  await window.screenshot('configured');
  // What a component's row asks for: VS Code has to know such a pattern.
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('@id:serveBento.http.*');
  await page.getByText('The port of the HTTP server').first().waitFor();
  await window.screenshot('configured-http');
};

export default journey;
