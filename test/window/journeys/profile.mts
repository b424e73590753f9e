import assert from 'node:assert/strict';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { pythonPids, untilReady } from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search' };

/** The way of a person whose bento is slow or hangs: its stacks, with links to the lines, and a profile. */
const journey: Journey = async (page, window) => {
  await window.activityBar.open('Serve Bento');
  await window.until('the bento', async () =>
    (await window.tree.rows()).some(({ label }) => label === 'Search'),
  );
  await window.command('BentoML: Serve Bento');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  const before = pythonPids(window);

  const editorText = async (): Promise<string> =>
    (await page.locator('.monaco-editor .view-line').allTextContents())
      .join('\n')
      .replaceAll('\u00a0', ' ');

  await window.command('BentoML: Dump Stacks');
  await window.until('the question', async () =>
    (await window.quickInput.items()).some((item) => item.includes('Embedder')),
  );
  await window.quickInput.pick('Embedder');
  await window.until('the stacks', async () => (await editorText()).includes('Main thread'));
  await window.until('links to lines', async () => {
    return (await page.locator('.monaco-editor .detected-link').count()) > 0;
  });
  await window.screenshot('stacks');

  await window.command('BentoML: Profile Worker…');
  await window.until('the question', async () =>
    (await window.quickInput.items()).some((item) => item.includes('http')),
  );
  await window.quickInput.pick('http');
  await window.until('the number of seconds', async () =>
    (await page.locator('.quick-input-widget').innerText()).includes('how many seconds'),
  );
  await window.quickInput.type('2');
  await window.until('the profile', async () =>
    (await tabs()).some((tab) => tab.includes('.cpuprofile')),
  );
  await window.until('the functions in the viewer', async () => {
    const texts = await Promise.all(
      page.frames().map((frame) =>
        frame
          .locator('body')
          .innerText({ timeout: 1000 })
          .catch(() => ''),
      ),
    );
    return texts.some((text) => text.includes('Self Time') && text.includes('(idle)'));
  });
  await window.screenshot('profile');
  assert.deepEqual(pythonPids(window), before, 'no process was restarted, and none was added');

  async function tabs(): Promise<readonly string[]> {
    return page.locator('.tabs-container .tab').allTextContents();
  }
};

export default journey;
