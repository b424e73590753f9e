import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import {
  bentoRow,
  componentStates,
  pythonProcesses,
  untilFound,
  untilMessage,
  untilNothingRuns,
} from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search' };

/** Cancel in the notification leaves nothing, also of components that are about to be ready. */
const journey: Journey = async (_page, window) => {
  const file = path.join(window.folder, 'service.py');
  const source = readFileSync(file, 'utf8');
  const slow = 'class Search:\n    def __init__(self): __import__("time").sleep(300)\n';
  writeFileSync(file, source.replace('class Search:\n', slow));

  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento');
  await untilMessage(window, /Search/);
  await window.until('the dependencies, ready before the entry', async () => {
    const { http, Embedder, Ranker } = await componentStates(window);
    return http === 'starting' && Embedder === 'ready' && Ranker === 'ready';
  });
  await window.screenshot('progress');
  assert.ok(pythonProcesses(window).length >= 4);
  await window.notifications.answer('Cancel');
  await untilNothingRuns(window);
  await window.until('the end of the notification', async () => {
    return !(await window.notifications.messages()).some((text) => text.includes('Search'));
  });
  assert.doesNotMatch(await bentoRow(window, 'Search'), /failed|cancel/i);
  await window.screenshot('cancelled');
};

export default journey;
