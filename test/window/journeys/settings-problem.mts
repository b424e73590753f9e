import assert from 'node:assert/strict';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { bentoRow, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = {
  folder: 'samples/search',
  settings: { 'serveBento.http.port': 99_999, 'serveBento.startTimeout': 120 },
};

/** Plain words for settings, and the label of the one that they must find. */
const searches = [
  ['bento start timeout', /: Start Timeout\b/],
  ['bento port', /Http: Port\b/],
  ['bento workers', /Http: Api Workers\b/],
  ['bento config options', /: Bentoml Config Options\b/],
] as const;

/** A bad value is named where it is seen, a search finds settings by plain words, and the valid rest works. */
const journey: Journey = async (_page, window) => {
  await untilFound(window, 'Search');
  await window.until('the problem on the row', async () =>
    (await bentoRow(window, 'Search')).includes('serveBento.http.port'),
  );
  const row = (await window.tree.rows()).find(({ label }) => label === 'Search');
  console.log(`  ${row?.description ?? ''} | ${row?.aria ?? ''}`);
  assert.match(row?.aria ?? '', /99999|99,999/);
  await window.screenshot('problem');

  await window.command('Preferences: Open Settings (UI)');
  for (const [words, label] of searches) await window.settingsEditor.finds(words, label);
  await window.screenshot('found-settings');

  await window.command('BentoML: Serve Bento');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  await window.until('the row of the bento', async () =>
    /serveBento\.http\.port.* · ready · 3\/3/.test(await bentoRow(window, 'Search')),
  );
  await window.screenshot('served-nevertheless');
};

export default journey;
