import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { bentoRow, pythonPids, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = { folder: 'samples/search' };

const password = 'open sesame 4711';

/** A certificate for localhost is made and used without anything being typed; the password of a key reaches no process. */
const journey: Journey = async (page, window) => {
  await untilFound(window, 'Search');
  await window.command('BentoML: Create a Certificate for localhost…');
  await window.quickInput.asks('Create a Certificate for localhost');
  await window.screenshot('asked-where');
  await window.quickInput.pick('Extension storage');
  // Paths of this user are in the user's settings, and not in those of the folder.
  const settingsFile = path.join(window.globalStorage(), '../../settings.json');
  await window.until('the profile', async () =>
    (await bentoRow(window, 'Search')).includes('localhost TLS'),
  );
  assert.ok(!existsSync(path.join(window.folder, '.vscode/settings.json')));
  const settings = JSON.parse(readFileSync(settingsFile, 'utf8')) as {
    'serveBento.profiles': Record<string, { http: { tls: Record<string, string> } }>;
  };
  const { tls } = settings['serveBento.profiles']['localhost TLS']?.http ?? { tls: {} };
  const file = (name: string): string => tls[name] ?? '';
  assert.equal(statSync(file('keyFile')).mode & 0o777, 0o600);

  await window.command('BentoML: Serve Bento');
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  const row = (await window.tree.rows()).find(({ label }) => label === 'http');
  const url = /https:\/\/127\.0\.0\.1:\d+/.exec(row?.aria ?? '')?.[0];
  assert.ok(url, `no https URL: ${row?.description ?? 'no row'}`);
  await window.screenshot('served-with-tls');
  assert.equal(await statusOf(`${url}/livez`, file('caFile')), 200);
  await window.command('BentoML: Stop All Bentos');
  await window.until('its end', async () => /stopped/.test(await bentoRow(window, 'Search')));

  const key = createPrivateKey(readFileSync(file('keyFile')));
  const locked = {
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: password,
  } as const;
  writeFileSync(file('keyFile'), key.export(locked));
  await window.command('BentoML: Serve Bento');
  await window.quickInput.asks('Password of');
  await window.screenshot('asked-for-a-password');
  await window.quickInput.type('sesame');
  await page.getByText('Wrong password. Try again.').waitFor();
  await window.quickInput.type(password);
  await untilReady(window, ['http', 'Embedder', 'Ranker']);
  const seen = pythonPids(window).flatMap((pid) =>
    ['cmdline', 'environ'].map((what) => readFileSync(`/proc/${pid}/${what}`, 'latin1')),
  );
  assert.ok(seen.length > 6 && !seen.join('\0').includes(password), 'a process has the password');
};

const statusOf = (url: string, caFile: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    https
      .get(url, { ca: readFileSync(caFile) }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', reject);
  });

export default journey;
