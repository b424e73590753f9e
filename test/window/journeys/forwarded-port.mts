import assert from 'node:assert/strict';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { untilFound, untilReady } from '../support/services.mts';

const port = 3477;

export const options: CaseOptions = {
  folder: 'samples/search',
  settings: { 'serveBento.http.port': port },
};

/** The windows of these tests are remote ones: what is served is reached through a port that VS Code forwards. */
const journey: Journey = async (page, window) => {
  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  await window.until('that it is ready, in words', async () =>
    (await window.notifications.messages()).some((message) => message.includes('is ready at')),
  );
  await window.command('Ports: Focus on Ports View');
  // Seen on the way, because a message hides itself after a while.
  const messages = new Set<string>();
  await window.until('the forwarded port, by its label', async () => {
    for (const message of await window.notifications.messages()) messages.add(message);
    return (await page.locator('.part.panel').innerText()).includes(`BentoML (${port})`);
  });
  await window.screenshot('labelled');
  for (const message of await window.notifications.messages()) messages.add(message);
  const others = [...messages].filter((message) => !message.includes('is ready at'));
  assert.deepEqual(others, [], 'one message tells of it');

  await window.tree.chooseFromMenu('http', 'Copy URL');
  const copied = await window.until('the URL', () =>
    page.evaluate(() => navigator.clipboard.readText()),
  );
  // What answers there is a part of code-server that these tests do without.
  assert.match(copied, new RegExp(`^http.*/proxy/${port}/?$`));
};

export default journey;
