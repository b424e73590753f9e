import assert from 'node:assert/strict';
import { staysSo } from '../../support/pauses.ts';
import { isAlive } from '../../support/processes.ts';
import type { CaseOptions } from '../case-options.mts';
import { VsCodePage } from '../host/vscode-page.mts';
import type { Journey } from '../journey.mts';
import { askSearch } from '../support/sample-requests.ts';
import { addressOf, pythonPids, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search', long: true };

const components = ['http', 'Embedder', 'Ranker'];

/** Two windows of one folder serve on ports of their own; closing one leaves the other alone. */
const journey: Journey = async (page, window) => {
  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento');
  await untilReady(window, components);
  const first = await addressOf(window, 'http');
  const ofFirst = pythonPids(window);

  const second = new VsCodePage(await page.context().newPage());
  await second.page.goto(window.url);
  await second.ready();
  await untilFound(second, 'Search');
  await second.command('BentoML: Serve Bento');
  await untilReady(second, components);
  const other = await addressOf(second, 'http');
  assert.notEqual(other, first);
  await askSearch(`http://${first}`);
  await askSearch(`http://${other}`);
  const ofSecond = pythonPids(window).filter((pid) => !ofFirst.includes(pid));
  assert.ok(ofSecond.length > components.length);

  await second.page.close();
  await window.until('the end of the second window', () => !ofSecond.some(isAlive), 30_000);
  await staysSo('the first window serves', 1000, () => ofFirst.every(isAlive));
  await askSearch(`http://${first}`);
};

export default journey;
