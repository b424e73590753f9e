/** A bento served by both sides in turn, and the figures of it. */
import { ensureEnvironments } from '../../../scripts/environments.mts';
import { atMost, inMb, inMs, median, paired, type Figure } from './figure.mts';
import { memoryOf } from './memory.mts';
import { serveBento } from './serve-bento.mts';
import { serveTheirs, type Subject } from './subject.mts';

interface Measure {
  readonly readyMs: number;
  readonly memoryMb: number;
  readonly stopMs: number;
}

interface Round {
  readonly theirs: Measure;
  /** The first serve of a window. */
  readonly first: Measure;
  /** The one after it, from the process that waits for it. */
  readonly again: Measure;
  /** One whose plan is kept, after that process has ended. */
  readonly kept: Measure;
}

export interface Serves {
  readonly subject: Subject;
  readonly rounds: readonly Round[];
}

export async function measure(subject: Subject, count: number): Promise<Serves> {
  const python = (await ensureEnvironments([subject.environment]))[subject.environment];
  const rounds: Round[] = [];
  while (rounds.length < count) {
    const theirs = await measureTheirs(python, subject);
    rounds.push({ theirs, ...(await measureOurs(python, subject)) });
  }
  return { subject, rounds };
}

export function ready(
  how: string,
  { subject, rounds }: Serves,
  which: keyof Omit<Round, 'theirs'>,
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

async function measureOurs(python: string, subject: Subject): Promise<Omit<Round, 'theirs'>> {
  const ours = await serveBento(python, subject);
  const once = async (): Promise<Measure> => {
    const { readyMs } = await ours.serve();
    const memoryMb = ours.memory();
    return { readyMs, memoryMb, stopMs: await ours.stop() };
  };
  try {
    const first = await once();
    const again = await once();
    await ours.cool();
    return { first, again, kept: await once() };
  } finally {
    await ours.end();
  }
}

async function measureTheirs(python: string, subject: Subject): Promise<Measure> {
  const theirs = await serveTheirs(python, subject);
  const memoryMb = memoryOf(theirs.pids());
  return { readyMs: theirs.readyMs, memoryMb, stopMs: await theirs.stop() };
}
