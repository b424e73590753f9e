import assert from 'node:assert/strict';
import path from 'node:path';
import { readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { replaceLine } from '../support/editor.mts';
import { addressOf, bentoRow, problemCount, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search' };

/** A person edits what is served: the new answer after a save, the problem of a wrong one, and its end. */
const journey: Journey = async (page, window) => {
  const file = path.join(window.folder, 'service.py');
  const source = readFileSync(file, 'utf8');
  await untilFound(window, 'Search');
  await page.keyboard.press('Control+P');
  await page.keyboard.type('service.py');
  await window.quickInput.pick('service.py');
  await page.locator('.tab[aria-label^="service.py"]').waitFor();
  await window.command('BentoML: Serve Bento');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  const url = `http://${await addressOf(window, 'http')}/search`;
  assert.match(await best(url), /green tea/);

  await replaceLine(page, source, 'green tea goes well', '    "black tea goes well with rice",');
  await page.keyboard.press('Control+S');
  const from = performance.now();
  await window.until('the new answer', async () => /black tea/.test(await best(url)));
  console.log(`the new answer ${Math.round(performance.now() - from)} ms after the save`);

  await replaceLine(page, source, 'green tea goes well', '    )black tea goes well with rice,');
  await page.keyboard.press('Control+S');
  await window.until('the problem on the row', async () =>
    /service\.py:\d+.* · ready · 3\/3/.test(await bentoRow(window, 'Search')),
  );
  assert.match(await best(url), /black tea/);
  await window.until('the problem of the file', async () => /1/.test(await problemCount(window)));
  await window.screenshot('problem');

  // Another program writes it: a branch is checked out, a formatter runs.
  await page.keyboard.press('Control+W');
  writeFileSync(file, source);
  await window.until('the old answer', async () => /green tea/.test(await best(url)));
  await window.until('no problem', async () => /no problems/i.test(await problemCount(window)));
  await window.until('a row without a problem', async () =>
    /ready · 3\/3 · project/.test(await bentoRow(window, 'Search')),
  );

  // The file becomes a link, and its target is written where the window has no folder.
  const outside = path.join(path.dirname(window.folder), 'outside.py');
  renameSync(file, outside);
  symlinkSync(outside, file);
  for (const kind of ['white', 'mint']) {
    await window.until(`the answer with ${kind} tea`, async () => {
      // What is written before VS Code watches the directory is not noticed.
      writeFileSync(outside, source.replace('green tea goes', `${kind} tea goes`));
      return (await best(url)).includes(`${kind} tea`);
    });
  }
};

async function best(url: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: '{"query": "rice and tea"}',
  });
  return response.text();
}

export default journey;
