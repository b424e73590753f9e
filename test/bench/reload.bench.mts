/** From a save to the new answer, while clients ask all the time, each on connections of its own. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ensureEnvironments } from '../../scripts/environments.mts';
import type * as Steady from '../support/steady-requests.ts';
import { atMost, inMs, median, quantile, ratioUnit, type Figure } from './support/figure.mts';
import { importBundled } from './support/import-bundled.mts';
import { serveBento } from './support/serve-bento.mts';
import { classServices, serveTheirs } from './support/subject.mts';

const { post, SteadyRequests } = (await importBundled(
  'test/support/steady-requests.ts',
)) as typeof Steady;

interface Saves {
  /** Milliseconds of those that were served. */
  readonly served: readonly number[];
  readonly hangs: number;
  readonly failed: readonly string[];
  readonly tookMs: readonly number[];
}

const saves = 50;
/** `bentoml serve --reload` hangs more often than not, for `limitMs` each time. */
const theirSaves = 10;
const limitMs = 15_000;
const old = 'green tea goes well with rice';
const body = { query: 'rice and tea' };

export async function figures(): Promise<readonly Figure[]> {
  const python = (await ensureEnvironments(['bentoml-1.4']))['bentoml-1.4'];
  const theirs = await saveTheirs(python);
  const ours = await saveOurs(python);
  for (const failure of ours.failed) console.log(`failed: ${failure}`);
  const p99 = quantile(ours.tookMs, 0.99);
  return [
    {
      what: 'save to the new answer',
      value: median(ours.served) / median(theirs.served),
      unit: ratioUnit,
      goal: atMost(0.15),
      ours: `${inMs(median(ours.served))}, ${String(ours.served.length)} of ${String(saves)}`,
      theirs: `${inMs(median(theirs.served))}, ${String(theirs.served.length)} of ${String(theirSaves)}`,
    },
    count('saves that are not served within 15 s', ours.hangs, theirs.hangs),
    count('requests that fail meanwhile', ours.failed.length, theirs.failed.length),
    {
      what: 'latency of requests meanwhile, p99',
      value: p99 / 1000,
      unit: 's',
      goal: atMost(1),
      ours: inMs(p99),
      theirs: inMs(quantile(theirs.tookMs, 0.99)),
    },
  ];
}

const count = (what: string, ours: number, theirs: number): Figure => ({
  what,
  value: ours,
  unit: '',
  goal: atMost(0),
  ours: String(ours),
  theirs: String(theirs),
});

async function saveTheirs(python: string): Promise<Saves> {
  const theirs = await serveTheirs(python, classServices, '--reload');
  try {
    return await save(theirs.url, theirs.folder, theirSaves, () => undefined);
  } finally {
    await theirs.stop();
  }
}

async function saveOurs(python: string): Promise<Saves> {
  const ours = await serveBento(python, classServices);
  try {
    const { url } = await ours.serve();
    return await save(url, ours.folder, saves, (file) => ours.saved(file));
  } finally {
    await ours.end();
  }
}

async function save(
  base: string,
  folder: string,
  times: number,
  saved: (file: string) => void,
): Promise<Saves> {
  const url = `${base}/search`;
  const file = path.join(folder, 'service.py');
  const source = readFileSync(file, 'utf8');
  const requests = new SteadyRequests(url, body);
  const served: number[] = [];
  let hangs = 0;
  for (let time = 0; time < times; time++) {
    const text = `${old} ${String(time).padStart(3, '0')}`;
    writeFileSync(file, source.replace(old, text));
    const from = performance.now();
    saved(file);
    if (await answers(url, text, from + limitMs)) served.push(performance.now() - from);
    else hangs += 1;
    await pause(300);
  }
  await requests.end();
  const tookMs = requests.answers.map((one) => one.tookMs);
  return { served, hangs, failed: requests.failures, tookMs };
}

async function answers(url: string, text: string, until: number): Promise<boolean> {
  while (performance.now() < until) {
    const left = until - performance.now();
    const answer = await Promise.race([post(url, body).catch(String), pause(left, 'too late')]);
    if (answer.includes(text)) return true;
    await pause(5);
  }
  return false;
}
