import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dockerIn } from '../../support/docker.mts';
import type { CaseOptions } from '../case-options.mts';
import { engineOfRun } from '../support/engine.mts';
import type { Journey } from '../journey.mts';
import { replaceLine } from '../support/editor.mts';
import { askSearch, bestDocument } from '../support/sample-requests.ts';
import { readyWorkers, scale, showLog, untilEditorShows } from '../support/engine-actions.mts';
import {
  addressOf,
  bentoRow,
  componentStates,
  untilFound,
  untilMessage,
  untilReady,
} from '../support/services.mts';

export const options: CaseOptions = {
  folder: 'samples/search',
  engine: 'compose',
  timeoutSeconds: 420,
};

const components = ['http', 'Embedder', 'Ranker'];

/**
 * A bento is served on Docker Compose, follows its code, is scaled, survives a killed container and a reload of the window, and is
 * stopped.
 */
const journey: Journey = async (page, window) => {
  const { env = {}, image = '' } = engineOfRun();
  const docker = dockerIn(env);

  // Other tests use the engine at the same time.
  const ours = ['--filter', `volume=${window.folder}`];

  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento on…');
  await window.quickInput.asks('Where should Search be served?');
  await window.screenshot('asked');
  await window.quickInput.pick('Docker Compose');
  await window.quickInput.asks('What should the containers of Search run?');
  await window.quickInput.pick('Source and Python Environment of This Machine');
  await window.quickInput.asks('Image for Search');
  await window.quickInput.type(image);
  await untilReady(window, components);
  await untilMessage(window, /Search is ready at http:.*keeps running when this window is closed/);
  const url = `http://${await addressOf(window, 'http')}`;
  await askSearch(url);
  await window.until('the engine on the row', async () =>
    /^ready · 3\/3 · on Docker Compose/.test(await bentoRow(window, 'Search')),
  );

  await window.tree.expand('Ranker');
  await window.until('the container of the ranker', async () =>
    (await window.tree.rows()).some(
      ({ level, label, description }) =>
        level === 3 && label === 'search-service-ranker-1' && description.startsWith('ready'),
    ),
  );
  await window.screenshot('ready');

  const source = readFileSync(path.join(window.folder, 'service.py'), 'utf8');
  await page.keyboard.press('Control+P');
  await page.keyboard.type('service.py');
  await window.quickInput.pick('service.py');
  await page.locator('.tab[aria-label^="service.py"]').waitFor();
  const before = await docker('ps', '--quiet', ...ours);
  await replaceLine(page, source, 'green tea goes well', '    "black tea goes well with rice",');
  await page.keyboard.press('Control+S');
  await window.until('the reload on the rows', async () => {
    const { http } = await componentStates(window);
    return http !== 'ready';
  });
  await window.screenshot('saved');
  await window.until(
    'the new answer',
    async () => /black tea/.test(await bestDocument(url)),
    60_000,
  );
  await untilReady(window, components);
  assert.equal(await docker('ps', '--quiet', ...ours), before);

  // What cannot be imported changes nothing.
  await replaceLine(page, source, 'green tea goes well', '    )black tea goes well with rice,');
  await page.keyboard.press('Control+S');
  await window.until('the problem on the row', async () =>
    /service\.py:\d+.* · ready · 3\/3/.test(await bentoRow(window, 'Search')),
  );
  assert.match(await bestDocument(url), /black tea/);
  await window.screenshot('problem');
  await replaceLine(page, source, 'green tea goes well', '    "green tea goes well with rice",');
  await page.keyboard.press('Control+S');
  await window.until(
    'the old answer',
    async () => /green tea/.test(await bestDocument(url)),
    60_000,
  );
  await untilReady(window, components);

  const [first, second] = ['search-service-ranker-1', 'search-service-ranker-2'] as const;
  await scale(window, 'Ranker', 2);
  await window.until(
    'two containers',
    async () => {
      const ready = await readyWorkers(window);
      return ready.includes(first) && ready.includes(second);
    },
    60_000,
  );
  await window.screenshot('scaled');
  await showLog(window, second, /\w/);
  await window.screenshot('log');
  await window.tree.chooseFromMenu(second, 'Describe');
  await untilEditorShows(window, page, second, /^Id: /m);
  await window.screenshot('described');
  await scale(window, 'Ranker', 1);
  await window.until(
    'the end of the log',
    async () => /container or pod no longer exists/.test(await window.terminal.text()),
    60_000,
  );
  await window.screenshot('scaled-back');
  await window.tree.chooseFromMenu('Search', 'Compare with What Is Running…');
  await window.until(
    'that nothing would change',
    async () =>
      (await window.notifications.messages()).some((message) =>
        /Search.*A restart would change nothing\./.test(message),
      ),
    60_000,
  );

  const container = await docker('ps', '--quiet', ...ours, '--filter', 'name=ranker');
  const pid = Number(await docker('inspect', '--format', '{{.State.Pid}}', container));
  process.kill(pid, 'SIGKILL');
  await window.until('that the ranker is not ready', async () => {
    const { Ranker } = await componentStates(window);
    return Ranker !== 'ready';
  });
  await window.screenshot('killed');
  await untilReady(window, components);
  await askSearch(url);

  await window.reload();
  await untilFound(window, 'Search');
  await askSearch(url);
  await window.until(
    'that it is found again',
    async () => /^ready · 3\/3 · on Docker/.test(await bentoRow(window, 'Search')),
    60_000,
  );
  await untilReady(window, components);
  assert.equal(`http://${await addressOf(window, 'http')}`, url);
  await window.tree.expand('Ranker');
  await showLog(window, first, /\w/);

  await window.command('BentoML: Stop Bento');
  await window.until('its end', async () =>
    (await bentoRow(window, 'Search')).startsWith('stopped'),
  );
  assert.equal(await docker('ps', '--all', '--quiet', ...ours), '');
  await window.screenshot('stopped');
};

export default journey;
