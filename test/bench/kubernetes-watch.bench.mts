/** What it costs to watch 1,000 components with 5,000 pods in a real cluster, whose nodes and pods are simulated. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { ensurePrograms } from '../kubernetes/programs.mts';
import { whyNoCluster } from '../kubernetes/why-no-cluster.mts';
import { nodeInNamespaces } from '../support/namespaces.mts';
import type { Figure } from './support/figure.mts';

export async function figures(): Promise<readonly Figure[]> {
  const reason = await whyNoCluster();
  if (reason !== undefined) throw new Error(`No cluster can run here: ${reason}.`);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'watch-'));
  try {
    const results = path.join(folder, 'results.json');
    const script = path.join(import.meta.dirname, 'support/watched-cluster.mts');
    const programs = JSON.stringify(await ensurePrograms());
    const code = await nodeInNamespaces(['--expose-gc', script, folder, programs, results]);
    if (code !== 0) throw new Error('The cluster could not be measured.');
    return JSON.parse(await readFile(results, 'utf8')) as readonly Figure[];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
