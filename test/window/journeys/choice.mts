import assert from 'node:assert/strict';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import {
  bentoRow,
  pythonProcesses,
  untilFound,
  untilNothingRuns,
  untilReady,
} from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples' };

/** A folder with two bentos: the palette asks, a file that holds one does not. */
const journey: Journey = async (page, window) => {
  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento');
  await window.until('the question', async () => {
    const shown = await window.quickInput.items();
    return shown.includes('Search') && shown.includes('shout');
  });
  await window.screenshot('question');
  await page.keyboard.press('Escape');
  assert.deepEqual(pythonProcesses(window), [], 'nobody chose');

  await window.activityBar.open('Explorer');
  await window.tree.row('search').click();
  await window.tree.row('service.py').waitFor();
  await window.tree.row('service.py').click({ button: 'right' });
  await page.locator('.monaco-menu').waitFor();
  await window.screenshot('explorer-menu');
  await page.keyboard.press('Escape');
  await window.tree.chooseFromMenu('service.py', 'Serve Bento');
  await window.activityBar.open('Serve Bento');
  await untilReady(window, ['http', 'Embedder', 'Ranker'], 'Search');
  assert.doesNotMatch(await bentoRow(window, 'shout'), /starting|ready/);
  await window.tree.clickInlineAction('Search', 'Stop Bento');
  await untilNothingRuns(window);

  await window.activityBar.open('Explorer');
  // A click is lost when the explorer shows a new file (`__pycache__`) at that moment.
  await window.until('that only the other folder is open', async () => {
    const folder = (await window.tree.rows()).find(({ label }) => label === 'search');
    if (folder?.expanded === true) await window.tree.row('search').click();
    return folder?.expanded === false;
  });
  await window.tree.row('shout').click();
  await window.tree.row('service.py').click();
  const button = page.locator('.editor-actions a.action-label[aria-label^="Serve Bento"]');
  await button.waitFor();
  await window.screenshot('editor-button');
  await button.click();
  await window.activityBar.open('Serve Bento');
  await untilReady(window, ['http', 'count', 'upper'], 'shout');
  const inTitle = (title: string) =>
    page.locator(`.editor-actions a.action-label[aria-label^="${title}"]`);
  await inTitle('Stop Bento').waitFor();
  await inTitle('Restart Bento').waitFor();
  assert.equal(await inTitle('Serve Bento').count(), 0, 'it is served already');
  await window.tree.row('upper').click();
  await window.until('the terminal of the component', async () =>
    /ready after|legacy\.Service/.test(await window.terminal.text()),
  );
  await window.screenshot('served');
};

export default journey;
