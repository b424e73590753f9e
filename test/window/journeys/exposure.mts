import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { askedOnce } from '../support/asked-once.mts';
import { askSearch } from '../support/sample-requests.ts';
import { addressOf } from '../support/services.mts';

export const options: CaseOptions = {
  folder: 'samples/search',
  settings: { 'serveBento.http.host': '0.0.0.0' },
};

/** Listening where other machines can reach it. */
const journey: Journey = async (_page, window) => {
  await askedOnce(window, /0\.0\.0\.0/, 'Allow');
  const port = (await addressOf(window, 'http')).split(':').at(-1) ?? '';
  await askSearch(`http://127.0.0.1:${port}`);
};

export default journey;
