/** Serve against `bentoml serve`: time to all ready, memory when ready, time to stop. */
import { ensureEnvironments } from '../../scripts/environments.mts';
import { bentomlServe } from './support/bentoml-serve.mts';
import { atMost, inMb, inMs, median, paired, type Figure } from './support/figure.mts';
import { serveBento } from './support/serve-bento.mts';
import { classServices, legacyServices, type Subject } from './support/subject.mts';

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

export async function figures(rounds: number): Promise<readonly Figure[]> {
  const own = await measure(classServices, rounds);
  const found: Figure[] = [
    ready('cold', own, 'first', 0.55),
    ready('warm', own, 'again', 0.12),
    memory(own, 0.6),
    stop(own),
  ];
  for (const subject of legacyServices) {
    // A window that has served it before, and whose template has ended.
    const kept = await measure({ ...subject, settings: { warmUp: 'off' } }, rounds);
    found.push(ready('cold with a kept plan', kept, 'again', 0.7));
    const rows = await measure(subject, rounds);
    found.push(ready('warm', rows, 'again', 0.45), memory(rows), stop(rows));
  }
  return found;
}

interface Measured {
  readonly subject: Subject;
  readonly rounds: readonly Round[];
}

function ready(how: string, { subject, rounds }: Measured, which: 'first' | 'again', goal: number) {
  const pairs = rounds.map((one) => [one[which].readyMs, one.theirs.readyMs] as const);
  return paired(`${subject.name}: ready, ${how}`, pairs, inMs, atMost(goal));
}

function memory({ subject, rounds }: Measured, goal?: number): Figure {
  const pairs = rounds.map((one) => [one.first.memoryMb, one.theirs.memoryMb] as const);
  const what = `${subject.name}: memory when ready`;
  return paired(what, pairs, inMb, goal === undefined ? undefined : atMost(goal));
}

function stop({ subject, rounds }: Measured): Figure {
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

async function measure(subject: Subject, count: number): Promise<Measured> {
  const python = (await ensureEnvironments([subject.environment]))[subject.environment];
  const rounds: Round[] = [];
  while (rounds.length < count) {
    const theirs = await serveTheirs(python, subject);
    const [first, again] = await serveTwice(python, subject);
    rounds.push({ theirs, first, again });
  }
  return { subject, rounds };
}

async function serveTwice(python: string, subject: Subject): Promise<readonly [Measure, Measure]> {
  const ours = serveBento(python, subject);
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
