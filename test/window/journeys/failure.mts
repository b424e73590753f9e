import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { postJson } from '../../support/answers.ts';
import type { VsCodeWindow } from '../host/window.mts';
import {
  addressOf,
  bentoRow,
  problemCount,
  servingPids,
  untilFound,
  untilMessage,
  untilReady,
} from '../support/services.mts';

const busyPort = 28_317;

export const options: CaseOptions = {
  folder: 'samples/search',
  settings: { 'serveBento.http.port': busyPort },
};

/**
 * A service that cannot be imported: one message that leads to the line and to the log, and a row that says why. Then a
 * port that is taken, and answers with errors: each with its next step.
 */
const journey: Journey = async (page, window) => {
  const file = path.join(window.folder, 'service.py');
  const source = readFileSync(file, 'utf8');
  writeFileSync(file, source.replace('import bentoml\n', 'import bentoml\nimport not_there\n'));

  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento');
  const message = await untilMessage(window, /not_there/);
  assert.match(message, /service\.py/);
  const buttons = await window.notifications.buttons();
  // VS Code shows a progress for at least 800 ms, also if what it is about has ended.
  await window.until('that message alone', async () => {
    const messages = await window.notifications.messages();
    return messages.filter((text) => /Search|not_there/.test(text)).length === 1;
  });
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

  // The selected row has two buttons, for which its text makes room.
  await window.sideBar.resize(220);
  await window.until('the beginning of the reason in a narrow view', async () =>
    /^not_/.test(await window.tree.visibleDescription('Search')),
  );
  await window.screenshot('narrow-failure');
  const [failedRow] = await window.tree.rows();
  assert.match(failedRow?.aria ?? '', /not_there is not installed .*pip install not_there/);

  await window.command('BentoML: Serve Bento');
  await untilMessage(window, /not_there/);
  await window.notifications.answer('Show Log');
  await page.getByText("No module named 'not_there'").last().waitFor({ timeout: 15_000 });
  await window.screenshot('log');

  writeFileSync(file, source.replace('import bentoml\n', 'import bentoml\nimport sklearn\n'));
  await window.command('BentoML: Serve Bento');
  await untilMessage(window, /sklearn/);
  await window.notifications.answer('Install scikit-learn…');
  await page.getByText(/^Install scikit-learn into/).waitFor({ timeout: 30_000 });
  await window.screenshot('install');
  await page.locator('.monaco-dialog-box').getByRole('button', { name: 'Cancel' }).click();

  const raising = '        raise RuntimeError("on purpose")\n        scores = ';
  writeFileSync(file, source.replace('        scores = ', raising));
  const holder = net.createServer().listen(busyPort, '127.0.0.1');
  await once(holder, 'listening');
  await window.command('BentoML: Serve Bento');
  const busy = await untilMessage(window, new RegExp(`Port ${busyPort}`));
  assert.match(busy, /^Search: Port .* is in use by .*serveBento\.http\.port/);
  await window.screenshot('port-in-use');
  await window.notifications.answer('Serve on a Free Port');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  holder.close();
  const url = await addressOf(window, 'http');
  assert.ok(!url.endsWith(`:${busyPort}`), url);
  await window.until('the configured port on the row', async () =>
    (await window.tree.rows()).some(({ description }) =>
      description.includes(`instead of port ${busyPort}`),
    ),
  );
  await window.screenshot('free-port');
  assert.doesNotMatch(await bentoRow(window, 'Search'), /not_there/);
  await window.until('that it is gone', async () =>
    /no problems/i.test(await problemCount(window)),
  );
  await narrowRow(window, url);

  const { status } = await postJson(`http://${url}/search`, { query: 'tea' });
  assert.equal(status, 500);
  await window.until('the error on the row', async () =>
    (await window.tree.rows()).some(({ description }) => /1 error in the last/.test(description)),
  );
  const link = page.locator('.workbench-hover a').filter({ hasText: 'Open Log' });
  // VS Code closes the tooltip when the row changes, as it does with each new latency.
  await window.until('a click on the link of the tooltip', async () => {
    await window.tree.row('Embedder').hover();
    await window.tree.row('http').hover();
    return link.click({ timeout: 3_000 }).then(
      () => true,
      () => false,
    );
  });
  await page.locator('.tab[aria-label*=".log"]').waitFor({ timeout: 15_000 });
  await window.screenshot('error-log');
};

/** Where a component is stays in sight at 200 pixels; screen readers get the whole text. */
async function narrowRow(window: VsCodeWindow, url: string): Promise<void> {
  assert.ok((await window.sideBar.resize(200)) <= 210);
  const port = url.slice(url.indexOf(':'));
  await window.until('the port in a narrow view', async () =>
    (await window.tree.visibleDescription('http')).startsWith(port),
  );
  await window.screenshot('narrow');
  // The time comes with the first probe after it is ready.
  const whole = new RegExp(`ready, .*${url}, \\d+ ms`);
  await window.until('the whole text', async () =>
    (await window.tree.rows()).some(({ label, aria }) => label === 'http' && whole.test(aria)),
  );
}

export default journey;
