import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import {
  bentoRow,
  problemCount,
  servingPids,
  untilFound,
  untilMessage,
  untilReady,
} from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search' };

/** A service that cannot be imported: one message that leads to the line, and a row that says why. */
const journey: Journey = async (page, window) => {
  const file = path.join(window.folder, 'service.py');
  const source = readFileSync(file, 'utf8');
  writeFileSync(file, source.replace('import bentoml\n', 'import bentoml\nimport not_there\n'));

  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento');
  const message = await untilMessage(window, /not_there/);
  assert.match(message, /service\.py/);
  const buttons = await window.notifications.buttons();
  const messages = await window.notifications.messages();
  assert.equal(messages.filter((text) => /Search|not_there/.test(text)).length, 1);
  await window.until('the reason on the row', async () =>
    /not_there.*failed/.test(await bentoRow(window, 'Search')),
  );
  await window.screenshot('message');
  assert.deepEqual(servingPids(window), []);

  const [open = ''] = buttons.filter((button) => /^Open/.test(button));
  await window.notifications.answer(open);
  await page.locator('.tab[aria-label^="service.py"]').waitFor();
  await window.until('the line', async () => {
    const position = await window.statusBar.item('status.editor.selection').textContent();
    const wanted = source.split('\n').indexOf('import bentoml') + 2;
    return position?.includes(`Ln ${wanted},`);
  });
  await window.until('the problem of the file', async () => /1/.test(await problemCount(window)));
  await window.screenshot('line');

  await page.keyboard.press('Control+W');
  await page.locator('.tab[aria-label^="service.py"]').waitFor({ state: 'detached' });
  await window.tree.row('Search').click();
  await page.locator('.tab[aria-label^="service.py"]').waitFor();

  writeFileSync(file, source);
  await window.command('BentoML: Serve Bento');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  assert.doesNotMatch(await bentoRow(window, 'Search'), /not_there/);
  await window.until('that it is gone', async () =>
    /no problems/i.test(await problemCount(window)),
  );
};

export default journey;
