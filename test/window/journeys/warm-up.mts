import assert from 'node:assert/strict';
import { parentOf, servingOf, waitingPairs } from '../../support/processes.ts';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { askSearch } from '../support/sample-requests.ts';
import { addressOf, pythonPids, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search', long: true };

/** What has idle priority waits for everything else on the machine. */
const limitMs = 120_000;
const components = ['http', 'Embedder', 'Ranker'];

/**
 * After a bento was served, the first sight of its row in the next window has a fork server wait, from which a click on
 * Serve forks; after "Stop All" nothing waits.
 */
const journey: Journey = async (_page, window) => {
  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento');
  await untilReady(window, components);
  await window.command('BentoML: Stop All Bentos');
  await window.until('the end of all', () => pythonPids(window).length === 0);
  assert.doesNotMatch(window.extensionLog(), /warming up/, 'it was never served before');

  await window.reload();
  await untilFound(window, 'Search');
  const pair = await window.until(
    'the fork server',
    () => waitingPairs(pythonPids(window))[0],
    limitMs,
  );
  const [helper, forkServer] = pair as readonly [number, number];
  await window.until(
    'that it is warm',
    () => /Search: warm$/m.test(window.extensionLog()),
    limitMs,
  );
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
  // The plan of the window before is verified first.
  await window.until(
    'the end of the planner',
    () => pythonPids(window).length === components.length + 2,
  );

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
