/** A bento served by both sides in turn, and the figures of it. */
import { ensureEnvironments } from '../../../scripts/environments.mts';
import { bentomlServe } from './bentoml-serve.mts';
import { atMost, inMb, inMs, median, paired, type Figure } from './figure.mts';
import { serveBento } from './serve-bento.mts';
import type { Subject } from './subject.mts';

interface Measure {
  readonly readyMs: number;
  readonly memoryMb: number;
  readonly stopMs: number;
}

interface Round {
  readonly theirs: Measure;
  /** The first serve of a window, and the one after it. */
  readonly first: Measure;
  readonly again: Measure;
}

export interface Serves {
  readonly subject: Subject;
  readonly rounds: readonly Round[];
}

export async function measure(subject: Subject, count: number): Promise<Serves> {
  const python = (await ensureEnvironments([subject.environment]))[subject.environment];
  const rounds: Round[] = [];
  while (rounds.length < count) {
    const theirs = await serveTheirs(python, subject);
    const [first, again] = await serveTwice(python, subject);
    rounds.push({ theirs, first, again });
  }
  return { subject, rounds };
}

export function ready(
  how: string,
  { subject, rounds }: Serves,
  which: 'first' | 'again',
  goal?: number,
): Figure {
  const pairs = rounds.map((one) => [one[which].readyMs, one.theirs.readyMs] as const);
  const what = `${subject.name}: ready, ${how}`;
  return paired(what, pairs, inMs, goal === undefined ? undefined : atMost(goal));
}

export function memory({ subject, rounds }: Serves, goal?: number): Figure {
  const pairs = rounds.map((one) => [one.first.memoryMb, one.theirs.memoryMb] as const);
  const what = `${subject.name}: memory when ready`;
  return paired(what, pairs, inMb, goal === undefined ? undefined : atMost(goal));
}

export function stop({ subject, rounds }: Serves): Figure {
  const ours = median(rounds.map((one) => one.first.stopMs));
  return {
    what: `${subject.name}: stop`,
    value: ours / 1000,
    unit: 's',
    goal: atMost(1),
    ours: inMs(ours),
    theirs: inMs(median(rounds.map((one) => one.theirs.stopMs))),
  };
}

async function serveTwice(python: string, subject: Subject): Promise<readonly [Measure, Measure]> {
  const ours = await serveBento(python, subject);
  const once = async (): Promise<Measure> => {
    const { readyMs } = await ours.serve();
    const memoryMb = ours.memory();
    return { readyMs, memoryMb, stopMs: await ours.stop() };
  };
  try {
    return [await once(), await once()];
  } finally {
    await ours.end();
  }
}

async function serveTheirs(python: string, subject: Subject): Promise<Measure> {
  const theirs = await bentomlServe(python, subject);
  const memoryMb = theirs.memory();
  return { readyMs: theirs.readyMs, memoryMb, stopMs: await theirs.stop() };
}
