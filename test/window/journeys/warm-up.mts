import assert from 'node:assert/strict';
import { parentOf, servingOf, waitingPairs } from '../../support/processes.ts';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { askSearch } from '../support/sample-requests.ts';
import { addressOf, pythonPids, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = {
  folder: 'samples/search',
  long: true,
  settings: { 'serveBento.warmUp': 'onView' },
};

const components = ['http', 'Embedder', 'Ranker'];

/** The first sight of a bento has a fork server wait, from which a click on Serve forks; after "Stop All" nothing does. */
const journey: Journey = async (page, window) => {
  await window.activityBar.open('Explorer');
  // What the palette answers comes after everything that begins with the window.
  await window.command('Developer: Show Running Extensions');
  await page.locator('.runtime-extensions-editor').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.runtime-extensions-editor').waitFor({ state: 'detached' });
  assert.deepEqual(pythonPids(window), [], 'nothing is in sight');

  await untilFound(window, 'Search');
  const pair = await window.until(
    'the fork server',
    () => waitingPairs(pythonPids(window))[0],
    30_000,
  );
  const [helper, forkServer] = pair as readonly [number, number];
  await window.until('that it is warm', () => /Search: warm$/m.test(window.extensionLog()), 30_000);
  assert.deepEqual(servingOf(pythonPids(window)), []);
  await window.screenshot('warm');

  await window.tree.clickInlineAction('Search', 'Serve Bento');
  await untilReady(window, components);
  await askSearch(`http://${await addressOf(window, 'http')}`);
  const workers = window
    .processes()
    .filter(({ command }) => command.includes('_bentoml_impl.worker'))
    .map(({ pid }) => pid);
  assert.equal(workers.length, components.length);
  assert.deepEqual([...new Set(workers.map(parentOf))], [helper]);
  assert.ok(pythonPids(window).includes(forkServer), 'it was started anew');
  assert.equal(pythonPids(window).length, components.length + 2);

  await window.command('BentoML: Stop All Bentos');
  await window.until('the end of all', () => pythonPids(window).length === 0);
  await window.command('BentoML: Refresh');
  await untilFound(window, 'Search');
  await window.until('that its row is not warmed up again', () => {
    assert.deepEqual(pythonPids(window), []);
    return (window.extensionLog().match(/warming up/g) ?? []).length === 1;
  });
};

export default journey;
