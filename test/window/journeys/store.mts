import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { CaseOptions } from '../case-options.mts';
import type { VsCodeWindow } from '../host/window.mts';
import type { Journey } from '../journey.mts';
import { servingPids, untilFound, untilMessage } from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search' };

/** A project is built, twice; a version is served from the view of the store, and deleted; the other is the latest. */
const journey: Journey = async (page, window, { bentomlHome: home }) => {
  await untilFound(window, 'Search');
  await togglePane(page, 'BentoML Store');
  await window.until('the empty store', async () =>
    (await window.tree.welcome()).includes('The BentoML store is empty'),
  );
  for (const count of [1, 2]) {
    await window.tree.chooseFromMenu('Search', 'Build Bento');
    await window.until(
      `built ${count}`,
      async () => (await versionRows(window, home)).length === count,
      60_000,
    );
  }
  await window.until('the end of the build', async () =>
    (await window.terminal.text()).includes('Exited with code 0'),
  );
  assert.match(await window.terminal.text(), /bentoml containerize search:\w+/);
  const rows = await versionRows(window, home);
  await window.until('the size', async () =>
    (await versionRows(window, home)).every((row) => / KiB · /.test(row.description)),
  );
  const newest = rows.find(({ description }) => description.endsWith('latest'));
  const older = rows.find(({ description }) => !description.endsWith('latest'));
  assert.ok(newest && older, JSON.stringify(rows));
  await window.screenshot('built');

  await window.tree.clickInlineAction(newest.label, 'Serve Bento');
  await window.until(
    'its state',
    async () => (await descriptionOf(window, newest.label)).startsWith('ready · '),
    60_000,
  );
  await window.screenshot('served');

  await window.tree.clickInlineAction(newest.label, 'Delete from Store…');
  const dialog = page.locator('.monaco-dialog-box');
  await dialog.getByText('It is being served and will be stopped first.').waitFor();
  await window.screenshot('asked');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  assert.ok(existsSync(path.join(home, 'bentos/search', newest.label)), 'nobody agreed');
  await window.tree.clickInlineAction(newest.label, 'Delete from Store…');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await window.until('the other one', async () => {
    const left = await versionRows(window, home);
    return left.length === 1 && left[0]?.description.endsWith('latest') === true;
  });
  assert.deepEqual(
    readdirSync(path.join(home, 'bentos/search')).sort(),
    [older.label, 'latest'].sort(),
  );
  assert.deepEqual(servingPids(window), []);
  await window.until(
    'that the services know it',
    async () => (await descriptionOf(window, 'Bento store')) === '1',
  );
  await window.screenshot('deleted');

  // Room for all rows.
  await togglePane(page, 'Services');
  const write = (file: string, text: string): void => {
    mkdirSync(path.join(home, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(home, file), text);
  };
  write('models/iris/one/model.yaml', 'module: bentoml.sklearn\n');
  write('bentos/classifier/two/bento.yaml', 'models:\n- tag: iris:one\nrunners: []\n');
  await window.tree.row('one').waitFor({ timeout: 30_000 });
  await window.tree.row('two').waitFor({ timeout: 30_000 });
  await window.tree.clickInlineAction('one', 'Delete from Store…');
  const refusal = await untilMessage(window, /iris:one was not deleted/);
  assert.match(refusal, /these bentos need it: classifier:two/);
  await window.screenshot('refused');
  rmSync(path.join(home, 'bentos/classifier'), { recursive: true });
  await window.until('its end', async () => (await window.tree.row('two').count()) === 0);
  await window.tree.chooseFromMenu('one', 'Delete from Store…');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await window.until('no model', () => !existsSync(path.join(home, 'models/iris')));
  await window.until('no row', async () => (await descriptionOf(window, 'Models')) === '0');

  const service = path.join(window.folder, 'service.py');
  writeFileSync(service, `import time\ntime.sleep(100)\n${readFileSync(service, 'utf8')}`);
  await togglePane(page, 'Services');
  await window.tree.chooseFromMenu('Search', 'Build Bento');
  await window.until(
    'a build',
    () => servingPids(window).length > 0 && isSaid(window, 'bentoml build'),
  );
  await window.terminal.press('Control+c');
  await window.until('its end', () => isSaid(window, 'Cancelled.'));
  await window.screenshot('cancelled');
  assert.deepEqual(servingPids(window), []);
};

/** Of the terminal in front; what has no room in a line goes on in the next. */
async function isSaid(window: VsCodeWindow, words: string): Promise<boolean> {
  return (await window.terminal.text()).replaceAll('\n', '').includes(words);
}

/** The store is folded up at first, and the services are not. */
async function togglePane(page: Page, title: string): Promise<void> {
  await page.locator('.pane-header', { hasText: title }).click();
}

/** Those of what the store has: the view of services may show the same bentos. */
async function versionRows(window: VsCodeWindow, home: string) {
  const names = path.join(home, 'bentos/search');
  const versions = existsSync(names) ? readdirSync(names) : [];
  return (await window.tree.rows()).filter(({ label }) => versions.includes(label));
}

async function descriptionOf(window: VsCodeWindow, label: string): Promise<string> {
  const rows = await window.tree.rows();
  return rows.find((row) => row.label === label)?.description ?? '';
}

export default journey;
