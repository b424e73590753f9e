import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import { portsOf, waitingPairs } from '../../support/processes.ts';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { sendReadmeRequest } from '../support/readme-examples.ts';
import {
  addressOf,
  componentStates,
  pythonPids,
  pythonProcesses,
  untilNothingRuns,
  untilReady,
} from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search' };

/** The way of a person who has class services: palette, tree, request, terminal, stop. */
const journey: Journey = async (page, window) => {
  await window.activityBar.open('Serve Bento');
  await window.until('the bento', async () =>
    (await window.tree.rows()).some(({ label }) => label === 'Search'),
  );
  assert.deepEqual(pythonProcesses(window), [], 'nothing runs before it is asked for');
  await window.screenshot('found');

  await window.command('BentoML: Serve Bento');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  const url = `http://${await addressOf(window, 'http')}`;
  await window.until('the message with the URL', async () =>
    (await window.notifications.messages()).some((message) => message.includes(`ready at ${url}`)),
  );
  await window.screenshot('ready');
  const status = await window.statusBar.item('serve-bento.serve-bento.status').textContent();
  assert.match(status ?? '', /Bento 3\/3/);

  await sendReadmeRequest('search', url);

  await window.tree.clickInlineAction('http', 'Show Terminal');
  await window.until('the output of the component', async () =>
    (await window.terminal.text()).includes("searched for 'rice and tea'"),
  );
  assert.match(await window.terminal.text(), /ready after \d/);
  await window.screenshot('terminal');
  assert.ok(pythonProcesses(window).length >= 4);

  await window.command('BentoML: Open Log');
  await window.until('the question', async () =>
    (await window.quickInput.items()).some((item) => item.includes('http')),
  );
  await window.quickInput.pick('http');
  await window.until('the log file', async () =>
    /\[Serve Bento\]\sready after \d/.test(await editorText(page)),
  );
  await window.screenshot('log-file');
  await window.tree.clickInlineAction('http', 'Show Terminal');

  await window.terminal.press('Control+c');
  await window.until('the end of the component', async () => {
    return (await componentStates(window))['http'] === 'stopped';
  });
  await window.tree.clickInlineAction('http', 'Serve Component');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  assert.equal(`http://${await addressOf(window, 'http')}`, url, 'the port is kept');

  await window.tree.clickInlineAction('Search', 'Stop Bento');
  await untilNothingRuns(window);
  // Another window may have taken the port since.
  assert.deepEqual(portsOf(pythonPids(window)), [], 'nobody listens any more');
  assert.equal(waitingPairs(pythonPids(window)).length, 1, 'a helper waits, with its fork server');
  await window.command('BentoML: Stop All Bentos');
  await window.until('the end of what waits', () => pythonProcesses(window).length === 0);
  await window.screenshot('stopped');
  await page.keyboard.press('Escape');
};

/** The editor writes blanks as unbreakable ones. */
async function editorText(page: Page): Promise<string> {
  const lines = await page.locator('.monaco-editor .view-line').allTextContents();
  return lines.join('\n').replaceAll('\u00a0', ' ');
}

export default journey;
