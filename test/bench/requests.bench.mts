/** The served API under load: requests per second and the latency that 99 % do not exceed. */
import { ensureEnvironments } from '../../scripts/environments.mts';
import { atLeast, atMost, inMs, paired, type Figure } from './support/figure.mts';
import { load, type Load } from './support/load.mts';
import { serveBento } from './support/serve-bento.mts';
import { classServices, serveTheirs } from './support/subject.mts';

const asMuch = { ...atLeast(1), withinNoise: true };
const asFast = { ...atMost(1), withinNoise: true };
/** Seconds for each side of a round. */
const duration = 5;

export async function figures(rounds: number): Promise<readonly Figure[]> {
  const python = (await ensureEnvironments(['bentoml-1.4']))['bentoml-1.4'];
  const theirs = await serveTheirs(python, classServices);
  try {
    const ours = await serveBento(python, classServices);
    try {
      const { url } = await ours.serve();
      return figuresOf(await inTurn(url, theirs.url, rounds));
    } finally {
      await ours.end();
    }
  } finally {
    await theirs.stop();
  }
}

interface Pair {
  readonly ours: Load;
  readonly theirs: Load;
}

/** Both are served all the while, and the one that is not asked has nothing to do. */
async function inTurn(ours: string, theirs: string, rounds: number): Promise<readonly Pair[]> {
  // Connections between the services, caches.
  for (const url of [theirs, ours]) await load(url, 2);
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    // What else the machine has to do comes and goes: neither is always the first.
    const first = round % 2 === 0 ? theirs : ours;
    const one = await load(first, duration);
    const other = await load(first === ours ? theirs : ours, duration);
    pairs.push(first === ours ? { ours: one, theirs: other } : { ours: other, theirs: one });
  }
  return pairs;
}

function figuresOf(pairs: readonly Pair[]): readonly Figure[] {
  const of = (what: keyof Load) =>
    pairs.map(({ ours, theirs }) => [ours[what], theirs[what]] as const);
  const perSecond = (value: number): string => `${String(Math.round(value))}/s`;
  const { name } = classServices;
  return [
    paired(`${name}: requests per second`, of('perSecond'), perSecond, asMuch),
    paired(`${name}: latency, p99`, of('p99Ms'), inMs, asFast),
  ];
}
