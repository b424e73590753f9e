import assert from 'node:assert/strict';
import { isAlive } from '../../support/processes.ts';
import type { CaseOptions } from '../case-options.mts';
import type { VsCodeWindow } from '../host/window.mts';
import type { Journey } from '../journey.mts';
import { hitAndContinue, said, setBreakpoint, untilHit, untilSaid } from '../support/debugging.mts';
import { askSearch } from '../support/sample-requests.ts';
import {
  addressOf,
  pythonPids,
  untilFound,
  untilNothingRuns,
  untilReady,
} from '../support/services.mts';

export const options: CaseOptions = {
  folder: 'samples/search',
  debugpy: true,
  timeoutSeconds: 400,
};

const components = ['http', 'Embedder', 'Ranker'];

/**
 * A breakpoint is hit in a bento that is debugged from its start, and in one that was served before. Nothing that is
 * paused outlives the extension host.
 */
const journey: Journey = async (page, window) => {
  await untilFound(window, 'Search');
  await setBreakpoint(window, 'return [unit_vector(text)');

  await window.activityBar.open('Serve Bento');
  await window.tree.clickInlineAction('Search', 'Debug Bento');
  await untilDebugged(window);
  await window.screenshot('debugging');
  const url = `http://${await addressOf(window, 'http')}`;
  await hitAndContinue(window, url, components, 'hit');

  await page.locator('.debug-toolbar a.action-label.codicon-debug-stop').click();
  await window.activityBar.open('Serve Bento');
  await untilNothingRuns(window);
  await page.locator('.debug-toolbar:visible').waitFor({ state: 'hidden' });

  await window.tree.clickInlineAction('Search', 'Serve Bento');
  await untilReady(window, components);
  const pids = pythonPids(window);
  await window.tree.chooseFromMenu('Embedder', 'Attach Debugger');
  await untilSaid(window, 'Embedder', /debugging/);
  assert.deepEqual(
    pids.filter((pid) => !pythonPids(window).includes(pid)),
    [],
    'nothing was restarted',
  );
  await hitAndContinue(window, url, components, 'attached');
  await window.command('Debug: Disconnect');
  await untilReady(window, components);
  await window.until(
    'the end of debugging',
    async () => !/debugging/.test(await said(window, 'Embedder')),
  );
  await askSearch(url);

  await window.tree.chooseFromMenu('Embedder', 'Attach Debugger');
  await untilSaid(window, 'Embedder', /debugging/);
  await untilHit(window, url);
  const old = pythonPids(window);
  window.killExtensionHost();
  await window.until('the end of what was paused', () => !old.some(isAlive), 5_000);
  // The next extension host serves what was served.
  await window.until('new processes', () => pythonPids(window).length > 0, 30_000);
  await untilReady(window, components);
  await askSearch(`http://${await addressOf(window, 'http')}`);
  await window.tree.clickInlineAction('Search', 'Stop Bento');
  await untilNothingRuns(window);
};

async function untilDebugged(window: VsCodeWindow): Promise<void> {
  await window.activityBar.open('Serve Bento');
  for (const component of components) await untilSaid(window, component, /debugging/);
  await untilReady(window, components);
}

export default journey;
