/** The served API under load: requests per second and the latency that 99 % do not exceed. */
import autocannon from 'autocannon';
import { ensureEnvironments } from '../../scripts/environments.mts';
import { bentomlServe } from './support/bentoml-serve.mts';
import { atLeast, atMost, inMs, paired, type Figure } from './support/figure.mts';
import { serveBento } from './support/serve-bento.mts';
import { classServices } from './support/subject.mts';

interface Load {
  readonly perSecond: number;
  readonly p99Ms: number;
}

const asMuch = { ...atLeast(1), withinNoise: true };
const asFast = { ...atMost(1), withinNoise: true };
/** Seconds for each side of a round. */
const duration = 5;

export async function figures(rounds: number): Promise<readonly Figure[]> {
  const python = (await ensureEnvironments(['bentoml-1.4']))['bentoml-1.4'];
  const pairs: { ours: Load; theirs: Load }[] = [];
  for (let round = 0; round < rounds; round++) {
    const theirs = await loadTheirs(python);
    pairs.push({ ours: await loadOurs(python), theirs });
  }
  const of = (what: keyof Load) =>
    pairs.map(({ ours, theirs }) => [ours[what], theirs[what]] as const);
  const perSecond = (value: number): string => `${String(Math.round(value))}/s`;
  const { name } = classServices;
  return [
    paired(`${name}: requests per second`, of('perSecond'), perSecond, asMuch),
    paired(`${name}: latency, p99`, of('p99Ms'), inMs, asFast),
  ];
}

async function loadTheirs(python: string): Promise<Load> {
  const theirs = await bentomlServe(python, classServices);
  try {
    return await load(theirs.url);
  } finally {
    await theirs.stop();
  }
}

async function loadOurs(python: string): Promise<Load> {
  const ours = await serveBento(python, classServices);
  try {
    return await load((await ours.serve()).url);
  } finally {
    await ours.end();
  }
}

async function load(url: string): Promise<Load> {
  const options = {
    url: `${url}/search`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query": "rice and tea"}',
    connections: 8,
  } as const;
  // Connections between the services, caches.
  await autocannon({ ...options, duration: 1 });
  const { requests, latency, non2xx, errors } = await autocannon({ ...options, duration });
  if (non2xx > 0 || errors > 0) throw new Error(`${String(non2xx + errors)} requests failed`);
  return { perSecond: requests.average, p99Ms: latency.p99 };
}
