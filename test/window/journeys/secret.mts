import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { bentoRow, pythonPids, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search' };

const components = ['http', 'Embedder', 'Ranker'];
const secret = 'open sesame 4711';

/** A secret of the settings is asked for once, reaches the workers, stands nowhere else, and can be forgotten. */
const journey: Journey = async (_page, window) => {
  await untilFound(window, 'Search');
  const file = path.join(window.folder, '.vscode/settings.json');
  mkdirSync(path.dirname(file), { recursive: true });
  const settings = '{ "serveBento.env": { "TOKEN": "${secret:token}" } }';
  writeFileSync(file, settings);
  await window.reload();

  const serve = async (): Promise<void> => {
    await untilFound(window, 'Search');
    await window.command('BentoML: Serve Bento');
  };
  const stop = async (): Promise<void> => {
    await window.command('BentoML: Stop All Bentos');
    await window.until('its end', async () => /stopped/.test(await bentoRow(window, 'Search')));
  };
  await serve();
  await window.quickInput.asks('Secret token');
  await window.screenshot('asked-for-a-secret');
  await window.quickInput.type(secret);
  await untilReady(window, components);
  const pids = pythonPids(window);
  const about = (what: string): string =>
    pids.map((pid) => readFileSync(`/proc/${pid}/${what}`, 'utf8')).join('\0');
  assert.ok(about('environ').split('\0').includes(`TOKEN=${secret}`), 'no worker has it');
  assert.ok(!about('cmdline').includes(secret), 'it is in a command');
  assert.equal(readFileSync(file, 'utf8'), settings);

  await stop();
  await serve();
  await untilReady(window, components);
  await window.screenshot('served-with-a-secret');

  await stop();
  await window.command('BentoML: Forget Secrets…');
  await window.quickInput.asks('Forget Secrets');
  await window.quickInput.pickOnly('token');
  await serve();
  await window.quickInput.asks('Secret token');
  await window.quickInput.dismiss();
  assert.deepEqual(pythonPids(window), []);
};

export default journey;
