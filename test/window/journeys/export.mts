import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import type { CaseOptions } from '../case-options.mts';
import type { VsCodeWindow } from '../host/window.mts';
import type { Journey } from '../journey.mts';
import { bentoRow, untilFound } from '../support/services.mts';

export const options: CaseOptions = {
  folder: 'samples/search',
  settings: { 'serveBento.http.port': 3888, 'serveBento.http.apiWorkers': 1 },
  alone: true,
};

/** What is exported is written beside what is there, and the tasks that were written serve by themselves. */
const journey: Journey = async (page, window) => {
  await untilFound(window, 'Search');
  const procfile = path.join(window.folder, 'Procfile');
  await window.command('BentoML: Export…');
  await window.quickInput.asks('Export Search as');
  await window.screenshot('asked');
  await window.quickInput.pick('Procfile');
  await window.until('the Procfile', () => existsSync(procfile));
  assert.match(readFileSync(procfile, 'utf8'), /^http: cd .* start-http-server .*--port 3888/m);
  await window.screenshot('procfile');

  await exportContainers(page, window);

  const tasks = path.join(window.folder, '.vscode/tasks.json');
  mkdirSync(path.dirname(tasks), { recursive: true });
  writeFileSync(tasks, '{\n  // ours\n  "version": "2.0.0",\n  "tasks": []\n}\n');
  await window.command('BentoML: Export…');
  await window.quickInput.asks('Export Search as');
  await window.quickInput.pick('tasks.json');
  await window.until('the tasks', () => readFileSync(tasks, 'utf8').includes('Search: all'));
  assert.match(readFileSync(tasks, 'utf8'), /\/\/ ours/);
  // The file opens after it is written, which would close the list of tasks.
  await page.locator('.tab.active', { hasText: 'tasks.json' }).waitFor();
  const task = 'Search: all';
  await window.until(
    'the task',
    async () => {
      await window.command('Tasks: Run Task');
      // It looks for tasks while the list is shown already, and may not have read the file yet.
      const isThere = await window
        .until('the list', async () => (await window.quickInput.items()).includes(task), 5_000)
        .catch(() => false);
      await (isThere ? window.quickInput.pick(task) : window.quickInput.dismiss());
      return isThere;
    },
    60_000,
  );
  await window.until(
    'what the tasks serve',
    () =>
      fetch('http://127.0.0.1:3888/readyz').then(
        ({ ok }) => ok,
        () => false,
      ),
    60_000,
  );
  await window.screenshot('served-by-tasks');
  assert.match(await bentoRow(window, 'Search'), /^stopped/);
};

/** As a Compose file with the changes of the person, and as manifests. */
async function exportContainers(page: Page, window: VsCodeWindow): Promise<void> {
  const digest = `sha256:${'ab'.repeat(32)}`;
  const compose = path.join(window.folder, 'compose.yaml');
  const override = path.join(window.folder, 'compose.override.yaml');
  writeFileSync(override, 'services: {} # mine\n');
  await window.command('BentoML: Export…');
  await window.quickInput.asks('Export Search as');
  await window.quickInput.pick('Docker Compose');
  await window.quickInput.asks('What should the containers of Search run?');
  await window.quickInput.pick('Source and Python Environment of This Machine');
  await window.quickInput.asks('Image for Search');
  await window.quickInput.type(`debian@${digest}`);
  await window.until('the Compose file', () => existsSync(compose));
  const text = readFileSync(compose, 'utf8');
  assert.match(text, new RegExp(`^ {4}image: debian@${digest}$`, 'm'));
  assert.match(text, /^ {6}- 127\.0\.0\.1:3888:3000$/m);
  assert.equal(readFileSync(override, 'utf8'), 'services: {} # mine\n');
  await page.locator('.tab.active', { hasText: 'compose.yaml' }).waitFor();
  await window.screenshot('compose');

  const folder = path.join(window.folder, 'kubernetes/search');
  await window.command('BentoML: Export…');
  await window.quickInput.asks('Export Search as');
  await window.quickInput.pick('Kubernetes manifests');
  await window.quickInput.asks('Image for Search');
  await window.quickInput.type(`registry.example.com/search@${digest}`);
  const overlay = path.join(folder, 'overlays/default/kustomization.yaml');
  await window.until('the overlay', () => existsSync(overlay));
  assert.match(
    readFileSync(path.join(folder, 'base/manifests.yaml'), 'utf8'),
    /^kind: Deployment$/m,
  );
  await page.locator('.tab.active', { hasText: 'manifests.yaml' }).waitFor();
  await window.screenshot('kubernetes');
}

export default journey;
