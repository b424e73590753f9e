import assert from 'node:assert/strict';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { bentoRow, componentStates, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = {
  folder: 'samples/search',
  long: true,
  settings: { 'serveBento.profiles': { 'only http': { http: { port: 3456, apiWorkers: 1 } } } },
};

/** A profile is picked once, stands on the row, and holds for the next serve. */
const journey: Journey = async (_page, window) => {
  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento with Profile…');
  await window.quickInput.asks('Serve Search with which profile?');
  await window.screenshot('asked');
  await window.quickInput.pick('only http');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  await window.until('the profile on the row', async () =>
    /^ready · 3\/3 · only http/.test(await bentoRow(window, 'Search')),
  );
  await window.screenshot('served');
  const port = async (): Promise<string | undefined> =>
    (await window.tree.rows()).find(({ label }) => label === 'http')?.description;
  assert.match((await port()) ?? '', /^:3456\b/);

  await window.command('BentoML: Stop All Bentos');
  await window.until('its end', async () =>
    Object.values(await componentStates(window)).every((state) => state === 'stopped'),
  );
  await window.command('BentoML: Serve Bento');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  assert.match((await port()) ?? '', /^:3456\b/);
};

export default journey;
