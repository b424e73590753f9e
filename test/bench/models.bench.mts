/**
 * Services that import scikit-learn and xgboost, with two and four workers, with the packages preloaded and not: time to the
 * first answer, from a save to the new answer, memory.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ensureEnvironments } from '../../scripts/environments.mts';
import type * as Steady from '../support/steady-requests.ts';
import { atMost, inMb, inMs, median, paired, type Figure } from './support/figure.mts';
import { importBundled } from './support/import-bundled.mts';
import { memoryOf } from './support/memory.mts';
import { serveBento } from './support/serve-bento.mts';
import { serveTheirs, type Subject } from './support/subject.mts';

const { post } = (await importBundled('test/support/steady-requests.ts')) as typeof Steady;

const body = { point: [1, 2, 3, 4] };
const old = 'version 000';
const saves = 3;
const limitMs = 60_000;

const subject = (workers: 'Two' | 'Four', preload: readonly string[]): Subject => ({
  name: `models, ${workers === 'Two' ? '2' : '4'} workers, ${preload.length === 0 ? 'not preloaded' : 'preloaded'}`,
  environment: 'bentoml-1.4-models',
  sample: 'test/bench/bentos/models',
  reference: `service:${workers}`,
  settings: { preload },
});

const packages = ['sklearn.linear_model', 'xgboost'];
const subjects = [
  subject('Two', []),
  subject('Two', packages),
  subject('Four', []),
  subject('Four', packages),
];

interface Measure {
  readonly firstAnswerMs: number;
  readonly memoryMb: number;
}

interface Round {
  readonly theirs: Measure;
  readonly first: Measure;
  readonly again: Measure;
}

export async function figures(rounds: number): Promise<readonly Figure[]> {
  const python = (await ensureEnvironments(['bentoml-1.4-models']))['bentoml-1.4-models'];
  const found: Figure[] = [];
  for (const one of subjects) {
    const measured: Round[] = [];
    while (measured.length < rounds) measured.push(await measure(python, one));
    const pairs = (which: 'first' | 'again', what: keyof Measure) =>
      measured.map((round) => [round[which][what], round.theirs[what]] as const);
    found.push(
      paired(`${one.name}: first answer, cold`, pairs('first', 'firstAnswerMs'), inMs),
      paired(`${one.name}: first answer, warm`, pairs('again', 'firstAnswerMs'), inMs, atMost(1)),
      paired(`${one.name}: memory`, pairs('again', 'memoryMb'), inMb, atMost(1)),
      await saveFigure(python, one),
    );
  }
  return found;
}

async function measure(python: string, one: Subject): Promise<Round> {
  const theirs = await serveTheirs(python, one);
  const answered = await firstAnswer(theirs.url);
  const measured = {
    firstAnswerMs: theirs.readyMs + answered,
    memoryMb: memoryOf(theirs.pids()),
  };
  await theirs.stop();
  const ours = await serveBento(python, one);
  const once = async (): Promise<Measure> => {
    const { readyMs, url } = await ours.serve();
    const firstAnswerMs = readyMs + (await firstAnswer(url));
    const memoryMb = ours.memory();
    await ours.stop();
    return { firstAnswerMs, memoryMb };
  };
  try {
    return { theirs: measured, first: await once(), again: await once() };
  } finally {
    await ours.end();
  }
}

async function firstAnswer(url: string): Promise<number> {
  const from = performance.now();
  if (!(await post(`${url}/predict`, body)).includes(old)) throw new Error('another answer');
  return performance.now() - from;
}

async function saveFigure(python: string, one: Subject): Promise<Figure> {
  const ours = await serveBento(python, one);
  try {
    const { url } = await ours.serve();
    const file = path.join(ours.folder, 'service.py');
    const source = readFileSync(file, 'utf8');
    const tookMs: number[] = [];
    for (let save = 1; save <= saves; save++) {
      const version = `version ${String(save).padStart(3, '0')}`;
      writeFileSync(file, source.replace(old, version));
      const from = performance.now();
      ours.saved(file);
      while (!(await post(`${url}/predict`, body)).includes(version)) {
        if (performance.now() - from > limitMs)
          throw new Error(`${one.name}: a save is not served`);
        await pause(5);
      }
      tookMs.push(performance.now() - from);
      await pause(300);
    }
    const tookSeconds = median(tookMs) / 1000;
    return { what: `${one.name}: save to the new answer`, value: tookSeconds, unit: 's' };
  } finally {
    await ours.end();
  }
}
