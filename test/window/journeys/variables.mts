import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { askedOnce } from '../support/asked-once.mts';
import { untilFound } from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search', long: true };

/** Variables of the folder's settings that decide which code runs. */
const journey: Journey = async (_page, window) => {
  await untilFound(window, 'Search');
  const file = path.join(window.folder, '.vscode/settings.json');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '{ "serveBento.env": { "PYTHONPATH": "/nowhere" } }');
  await window.reload();
  await askedOnce(window, /PYTHONPATH.*\/nowhere/s, 'Allow');
};

export default journey;
