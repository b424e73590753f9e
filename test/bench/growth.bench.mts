/** How time and memory grow with the number of workers, and of services. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { inMb, inMs, paired, type Figure } from './support/figure.mts';
import { memoryOf } from './support/memory.mts';
import { serveBento } from './support/serve-bento.mts';
import { services } from './support/services.mts';
import { classServices, type Subject, serveTheirs } from './support/subject.mts';

const counts = [1, 4, 16, 64];

/** One round each: `bentoml serve` takes minutes for the largest. */
export async function figures(): Promise<readonly Figure[]> {
  const found: Figure[] = [];
  for (const count of counts) found.push(...(await grown(count, 'worker', services(1, count))));
  for (const count of counts) found.push(...(await grown(count, 'component', services(count))));
  return found;
}

async function grown(count: number, what: string, source: string): Promise<readonly Figure[]> {
  const sample = mkdtempSync(path.join(os.tmpdir(), 'services-'));
  writeFileSync(path.join(sample, 'service.py'), source);
  const name = `${String(count)} ${what}${count === 1 ? '' : 's'}`;
  const { environment } = classServices;
  try {
    return await measure({ name, environment, sample, reference: 'service:Entry' });
  } finally {
    rmSync(sample, { recursive: true });
  }
}

async function measure(subject: Subject): Promise<readonly Figure[]> {
  const python = (await ensureEnvironments([subject.environment]))[subject.environment];
  const theirs = await serveTheirs(python, subject);
  const theirMemory = memoryOf(theirs.pids());
  await theirs.stop();
  const ours = await serveBento(python, subject);
  try {
    const { readyMs } = await ours.serve();
    const ourMemory = ours.memory();
    await ours.stop();
    const again = await ours.serve();
    return [
      paired(`${subject.name}: ready, cold`, [[readyMs, theirs.readyMs]], inMs),
      paired(`${subject.name}: ready, warm`, [[again.readyMs, theirs.readyMs]], inMs),
      paired(`${subject.name}: memory when ready`, [[ourMemory, theirMemory]], inMb),
    ];
  } finally {
    await ours.end();
  }
}
