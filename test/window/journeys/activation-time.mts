import assert from 'node:assert/strict';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';

// The list is sorted by time and shows only what is in sight: the window is high enough for all of it.
export const options: CaseOptions = {
  alone: true,
  folder: 'samples/search',
  long: true,
  viewport: { width: 1280, height: 4000 },
};

const goalMs = 50;
/** The clock's, not the processor's: on two busy cores the same activation takes several times as long. */
const limitMs = 200;
const windows = 3;

/** What VS Code itself says about the time that activation took, in a new extension host each time. */
const journey: Journey = async (page, window) => {
  const times: number[] = [];
  for (let count = 0; count < windows; count++) {
    if (count > 0) await window.reload();
    const row = page
      .locator('.runtime-extensions-editor .monaco-list-row')
      .filter({ hasText: 'Serve Bento' });
    await window.until('the time of activation', async () => {
      if ((await row.count()) === 0) {
        await window.command('Developer: Show Running Extensions');
        await row.first().waitFor({ timeout: 5_000 });
      }
      const text = (await row.first().textContent()) ?? '';
      const [, ms] = /Activation: (\d+)ms/.exec(text) ?? [];
      if (ms === undefined) return false;
      times.push(Number(ms));
      return true;
    });
    if (count === 0) await window.screenshot('running-extensions');
  }
  // Other programs of the machine only ever add to it: the lowest is nearest to what it really takes.
  const lowest = Math.min(...times);
  const verdict = lowest < goalMs ? 'within' : 'above';
  console.log(
    `  activation took ${times.join(', ')} ms in ${windows} windows: ${verdict} ${goalMs} ms`,
  );
  assert.ok(lowest < limitMs, `activation took ${lowest} ms, of at most ${limitMs}`);
};

export default journey;
