import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CaseOptions } from '../case-options.mts';
import type { Journey } from '../journey.mts';
import { engineOfRun } from '../support/engine.mts';
import { containerLog, pointAt } from '../../kubernetes/support/local-process.ts';
import { readyWorkers, scale, showLog, untilEditorShows } from '../support/engine-actions.mts';
import { bentoRow, untilFound, untilReady } from '../support/services.mts';

export const options: CaseOptions = {
  folder: 'samples/search',
  engine: 'kubernetes',
  timeoutSeconds: 300,
};

const components = ['http', 'Embedder', 'Ranker'];

/** A bento is served in a cluster, scaled, compared, survives a deleted pod and a reload of the window, and is stopped. */
const journey: Journey = async (page, window) => {
  const { env = {}, image = '', namespace = '' } = engineOfRun();
  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const own = ['--context', 'admin', '--namespace', namespace, ...args];
    return (await promisify(execFile)('kubectl', own, { env })).stdout.trim();
  };

  await untilFound(window, 'Search');
  await window.command('BentoML: Serve Bento on…');
  await window.quickInput.asks('Where should Search be served?');
  await window.quickInput.pick('Kubernetes');
  await window.quickInput.asks('In which cluster should Search be served?');
  await window.screenshot('contexts');
  await window.quickInput.pick('admin');
  await window.quickInput.asks('In which namespace of admin should it be served?');
  await window.quickInput.pick(namespace);
  await window.quickInput.asks('Image for Search');
  await window.quickInput.type(image);
  await untilReady(window, components);
  const onCluster = `on Kubernetes: admin/${namespace}`;
  await window.until('the cluster on the row', async () =>
    (await bentoRow(window, 'Search')).startsWith(`ready · 3/3 · ${onCluster}`),
  );

  await window.tree.expand('Ranker');
  await window.until('the pod of the ranker', async () =>
    (await window.tree.rows()).some(
      ({ level, label, description }) =>
        level === 3 && label.includes('ranker') && /^ready · (?:node|gpu)-\d/.test(description),
    ),
  );
  await window.screenshot('ready');

  await scale(window, 'Ranker', 2);
  const ready = await window.until('two pods', async () => {
    const names = (await readyWorkers(window)).filter((name) => name.includes('ranker'));
    return names.length === 2 && names;
  });
  await window.screenshot('scaled');
  const [pod = ''] = ready || [];
  // The pods are simulated: the log of this one is a file.
  const logsFile = path.join(await mkdtemp(path.join(os.tmpdir(), 'pod-')), 'log');
  await writeFile(logsFile, containerLog('a line of this pod'));
  await pointAt({ kubectl }, pod, { port: 1, logsFile });
  await showLog(window, pod, /a line of this pod/);
  await window.screenshot('log');
  await window.tree.chooseFromMenu(pod, 'Describe');
  await untilEditorShows(window, page, pod, /^Name: +/m);
  await window.screenshot('described');
  await kubectl('delete', 'networkpolicy', 'search-http');
  await window.tree.chooseFromMenu('Search', 'Compare with What Is Running…');
  await untilEditorShows(window, page, 'Search: Running', /kind: NetworkPolicy/);
  await window.screenshot('compared');

  await kubectl('delete', 'pods', '--all', '--wait=false');
  await untilReady(window, components);

  await window.reload();
  await untilFound(window, 'Search');
  await window.until(
    'that it is found again',
    async () => (await bentoRow(window, 'Search')).startsWith(`ready · 3/3 · ${onCluster}`),
    60_000,
  );

  await window.command('BentoML: Stop Bento');
  await window.until('its end', async () =>
    (await bentoRow(window, 'Search')).startsWith('stopped'),
  );
  assert.equal(await kubectl('get', 'deployments,services', '--output=name'), '');
  await window.screenshot('stopped');
};

export default journey;
