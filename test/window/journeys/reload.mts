import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isAlive } from '../../support/processes.ts';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { askSearch } from '../support/sample-requests.ts';
import {
  addressOf,
  bentoRow,
  pythonPids,
  pythonProcesses,
  untilFound,
  untilReady,
} from '../support/services.mts';

// While its window reloads, another one that looks for a port would find its port free.
export const options: CaseOptions = {
  folder: 'samples/search',
  settings: { 'serveBento.warmUp': 'onServe' },
  alone: true,
};

const components = ['http', 'Embedder', 'Ranker'];
const endMs = 5_000;

/** A reload ends what runs and serves it again on the same port, unless the setting says no; logs of before can be opened. */
const journey: Journey = async (page, window) => {
  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento');
  await untilReady(window, components);
  const address = await addressOf(window, 'http');
  const old = pythonPids(window);

  const start = Date.now();
  await window.reload();
  await window.until('the end of the old processes', () => !old.some(isAlive), endMs);
  console.log(`  the old processes were gone ${Date.now() - start} ms after the reload began`);
  await untilFound(window, 'Search');
  await untilReady(window, components);
  assert.equal(await addressOf(window, 'http'), address);
  await askSearch(`http://${address}`);
  await window.screenshot('resumed');

  const settings = path.join(window.folder, '.vscode/settings.json');
  mkdirSync(path.dirname(settings), { recursive: true });
  writeFileSync(settings, '{"serveBento.resumeOnReload": false}');
  const resumed = pythonPids(window);
  await window.reload();
  await window.until('the end of the processes', () => !resumed.some(isAlive), endMs);
  await untilFound(window, 'Search');
  // What is to be resumed begins right after discovery: the palette's answer comes later than that.
  await window.command('Developer: Show Running Extensions');
  assert.deepEqual(pythonProcesses(window), []);
  assert.doesNotMatch(await bentoRow(window, 'Search'), /starting|ready/);

  await window.command('View: Close All Editors');
  await window.tree.chooseFromMenu('Search', 'Open Log');
  await window.until('the logs on disk', async () => {
    const items = await window.quickInput.items();
    return components.every((component) => items.some((item) => item.includes(component)));
  });
  await window.screenshot('logs');
  await window.quickInput.pick('http');
  await window.until('the log of before', async () =>
    /ready\safter/.test((await page.locator('.monaco-editor .view-lines').textContent()) ?? ''),
  );
};

export default journey;
