import assert from 'node:assert/strict';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { untilMessage } from '../support/services.mts';

/** A folder without any bento. */
export const options: CaseOptions = { folder: 'test/environments' };

const journey: Journey = async (_page, window) => {
  await window.activityBar.open('Serve Bento');
  const text = await window.until('the welcome text', async () => {
    const shown = await window.tree.welcome();
    return shown.includes('No bento') && shown;
  });
  await window.screenshot('welcome');
  for (const way of ['bentofile.yaml', 'pyproject.toml', '@bentoml.service', 'Refresh']) {
    assert.ok(String(text).includes(way), `${way} in ${String(text)}`);
  }
  await window.command('BentoML: Serve Bento');
  await untilMessage(window, /[Nn]o bento/);
  await window.screenshot('nothing-to-serve');
};

export default journey;
