import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { bentoRow, untilFound, untilMessage, untilReady } from '../support/services.mts';

const address = 'http://127.0.0.1:3466';

export const options: CaseOptions = {
  folder: 'samples/search',
  settings: {
    'serveBento.watch': { Production: [address] },
    'serveBento.http.port': 3466,
    'serveBento.health.interval': 0.5,
  },
};

/** What runs elsewhere is watched from the moment a person wants it, whether it is there or not. */
const journey: Journey = async (_page, window) => {
  await untilFound(window, 'Search');
  const row = (): Promise<string> => bentoRow(window, 'Production');
  await window.until('the row', async () => /^not watched · remote/.test(await row()));
  await window.command('BentoML: Watch Bento');
  await untilMessage(
    window,
    /Watching Production: 0 of 1 ready\. http\S+ is not ready: connection refused/,
  );
  await window.until('it is missed', async () => /^degraded · 0\/1 · remote/.test(await row()));
  await window.screenshot('missed');

  await window.command('BentoML: Serve Bento');
  await untilReady(window, ['http', 'Embedder', 'Ranker', address]);
  await window.until('it is there', async () => /^ready · 1\/1 · remote/.test(await row()));
  await window.screenshot('there');

  // Two bentos run, so the palette asks which one.
  await window.command('BentoML: Stop Bento');
  await window.quickInput.pick('Search');
  await untilMessage(window, /Production: http\S+ does not respond/);
  await window.until('it is gone', async () => /^degraded · 0\/1 · remote/.test(await row()));
  await window.tree.chooseFromMenu('Production', 'Stop Bento');
  await window.until('its end', async () => /^not watched · remote/.test(await row()));
};

export default journey;
