import assert from 'node:assert/strict';
import { dockerIn } from '../../support/docker.mts';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { hitAndContinue, said, setBreakpoint, untilSaid } from '../support/debugging.mts';
import { engineOfRun } from '../support/engine.mts';
import { askSearch } from '../support/sample-requests.ts';
import { addressOf, bentoRow, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = {
  folder: 'samples/search',
  engine: 'compose',
  debugpy: true,
  settings: { 'serveBento.target': 'compose' },
  timeoutSeconds: 400,
};

const components = ['http', 'Embedder', 'Ranker'];

/** A component in a container is debugged from a real window, and has a normal container afterwards. */
const journey: Journey = async (page, window) => {
  const { env = {}, image = '' } = engineOfRun();
  const docker = dockerIn(env);

  // Other tests use the engine at the same time.
  const ours = ['--filter', `volume=${window.folder}`];
  const commandOf = async (component: string): Promise<string> => {
    const id = await docker('ps', '--quiet', ...ours, '--filter', `name=${component}`);
    return docker('inspect', '--format', '{{join .Config.Cmd " "}}', id);
  };

  await untilFound(window, 'Search');
  await setBreakpoint(window, 'return [unit_vector(text)');
  await window.activityBar.open('Serve Bento');
  await window.tree.clickInlineAction('Search', 'Serve Bento');
  await window.quickInput.asks('What should the containers of Search run?');
  await window.quickInput.pick('Source and Python Environment of This Machine');
  await window.quickInput.asks('Image for Search');
  await window.quickInput.type(image);
  await untilReady(window, components);
  const url = `http://${await addressOf(window, 'http')}`;
  const [embedder, ranker] = [await commandOf('embedder'), await commandOf('ranker')];

  await window.tree.chooseFromMenu('Embedder', 'Attach Debugger');
  await untilSaid(window, 'Embedder', /debugging/);
  await untilReady(window, components);
  assert.match(await commandOf('embedder'), /debug\.zip/);
  assert.equal(await commandOf('ranker'), ranker);
  await hitAndContinue(window, url, components, 'hit');
  await window.command('Debug: Disconnect');
  await window.until(
    'the end of debugging',
    async () => !/debugging/.test(await said(window, 'Embedder')),
  );
  await window.until(
    'the normal container',
    async () => (await commandOf('embedder').catch(() => '')) === embedder,
    60_000,
  );
  await untilReady(window, components);
  await askSearch(url);

  await window.tree.clickInlineAction('Search', 'Stop Bento');
  await window.until('its end', async () =>
    (await bentoRow(window, 'Search')).startsWith('stopped'),
  );
  await page.locator('.debug-toolbar:visible').waitFor({ state: 'hidden' });
  assert.equal(await docker('ps', '--all', '--quiet', ...ours), '');
};

export default journey;
