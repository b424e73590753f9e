import assert from 'node:assert/strict';
import type { VsCodeWindow } from '../host/window.mts';
import { pythonProcesses, untilFound, untilNothingRuns, untilReady } from './services.mts';

const components = ['http', 'Embedder', 'Ranker'];

/** Serves the search sample, which is asked about: a no serves nothing, a yes is remembered. */
export async function askedOnce(window: VsCodeWindow, words: RegExp, agree: string): Promise<void> {
  const dialog = window.page.locator('.monaco-dialog-box');
  const answer = (button: string) =>
    dialog.locator('.monaco-button', { hasText: button }).first().click({ timeout: 10_000 });

  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento');
  await dialog.waitFor();
  assert.match((await dialog.textContent()) ?? '', words);
  await window.screenshot('question');
  await answer('Cancel');
  await dialog.waitFor({ state: 'detached' });
  assert.deepEqual(pythonProcesses(window), []);

  await window.command('BentoML: Serve Bento');
  await dialog.waitFor();
  await answer(agree);
  await untilReady(window, components);
  await window.command('BentoML: Stop Bento');
  await untilNothingRuns(window);

  await window.command('BentoML: Serve Bento');
  await untilReady(window, components);
  assert.equal(await dialog.count(), 0, 'asked again');
}
