import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import type { VsCodeWindow } from '../host/window.mts';
import {
  bentoRow,
  pythonPids,
  untilFound,
  untilNothingRuns,
  untilReady,
} from '../support/services.mts';

export const options: CaseOptions = { folder: 'test/fixtures/bentos/missing-env' };

const name = 'SERVE_BENTO_TEST_TOKEN';

const hasVariable = (window: VsCodeWindow, value: string): boolean =>
  pythonPids(window)
    .map((pid) => readFileSync(`/proc/${pid}/environ`, 'utf8'))
    .some((text) => text.split('\0').includes(`${name}=${value}`));

/** A variable that the code asks for is entered once, and the settings that hold it are one click away. */
const journey: Journey = async (page, window) => {
  await untilFound(window, 'NeedsToken');
  await window.command('BentoML: Serve Bento');
  await page.getByRole('button', { name: `Enter ${name}…` }).click({ timeout: 60_000 });
  await window.quickInput.asks(`NeedsToken: the service needs ${name}`);
  await window.screenshot('where');
  await window.quickInput.pick('Use this time only');
  await window.quickInput.asks(name);
  await window.quickInput.type('for once');
  await untilReady(window, ['http']);
  assert.ok(hasVariable(window, 'for once'));
  await window.command('BentoML: Stop All Bentos');
  await untilNothingRuns(window);

  await window.command('BentoML: Serve Bento');
  await page
    .getByRole('button', { name: `Enter ${name}…` })
    .last()
    .click({ timeout: 60_000 });
  await window.quickInput.pick('Store as a secret');
  await window.quickInput.asks(`Secret ${name}`);
  await window.screenshot('asked');
  await window.quickInput.type('4711 and more');
  await untilReady(window, ['http']);
  const settings = readFileSync(path.join(window.folder, '.vscode/settings.json'), 'utf8');
  assert.deepEqual((JSON.parse(settings) as Record<string, unknown>)['serveBento.env'], {
    [name]: `\${secret:${name}}`,
  });
  assert.ok(hasVariable(window, '4711 and more'));

  // Seen before the next serve, which would take what was read before.
  writeFileSync(path.join(window.folder, '.vscode/settings.json'), '{}\n');
  await window.until('the changed settings', async () =>
    (await bentoRow(window, 'NeedsToken')).includes('settings changed'),
  );
  await window.command('BentoML: Stop All Bentos');
  await untilNothingRuns(window);
  await window.command('BentoML: Serve Bento');
  await page
    .getByRole('button', { name: `Enter ${name}…` })
    .last()
    .click({ timeout: 60_000 });
  await window.quickInput.pick('Write to an env file');
  await window.quickInput.asks(name);
  await window.quickInput.type('from the file');
  await untilReady(window, ['http']);
  assert.ok(hasVariable(window, 'from the file'));
  assert.match(readFileSync(path.join(window.folder, '.env'), 'utf8'), /from the file/);

  await window.command('BentoML: Configure…');
  await page.getByText('Named sets of settings').first().waitFor({ timeout: 30_000 });
  await window.screenshot('configured');
  // What a component's row asks for: VS Code has to know such a pattern.
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('@id:serveBento.http.*');
  await page.getByText('Port of the HTTP server').first().waitFor();
  await window.screenshot('configured-http');
};

export default journey;
