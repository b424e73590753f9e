/**
 * Served APIs under load: requests per second, the latency that 50 % and 99 % do not exceed, and the processor time of a
 * request, which a busy machine changes least. Ours includes the relaying of the output and the log files; that of
 * `bentoml serve` goes nowhere.
 */
import { ensureEnvironments } from '../../scripts/environments.mts';
import { atLeast, atMost, inMs, paired, type Figure } from './support/figure.mts';
import { load, searchRequest, type Load, type Request } from './support/load.mts';
import { processorMsOf } from './support/processor-time.mts';
import { serveBento, type ServeBento } from './support/serve-bento.mts';
import { classServices, serveTheirs, type Subject } from './support/subject.mts';

const asMuch = { ...atLeast(1), withinNoise: true };
const asFast = { ...atMost(1), withinNoise: true };
/** Seconds for each side of a round. More where connections wait long for an answer: each has several. */
const shortest = 3;

const requests: Subject = {
  name: 'requests',
  environment: 'bentoml-1.4',
  sample: 'test/bench/bentos/requests',
  reference: 'service:Outer',
};
/** Between the services; `bentoml serve` uses Unix sockets, too. */
const overTcp: Subject = { ...requests, settings: { internalTransport: 'tcp' } };

const small: Request = { path: '/small', body: { number: 20 } };
const nested: Request = { path: '/nested', body: { number: 21 } };
const large: Request = { path: '/large', body: { text: 'x'.repeat(10_000_000) } };
const stream: Request = { path: '/stream', body: { pieces: 200 } };

interface Case {
  readonly name: string;
  readonly request: Request;
  readonly connections: number;
}

const cases: readonly (readonly [Subject, readonly Case[]])[] = [
  [
    classServices,
    [{ name: 'search, 2 dependencies, 8 connections', request: searchRequest, connections: 8 }],
  ],
  [
    requests,
    [
      ...[1, 8, 64, 512].map((connections) => ({
        name: `small, ${String(connections)} connections`,
        request: small,
        connections,
      })),
      { name: '10 MB, 8 connections', request: large, connections: 8 },
      { name: 'stream of 200 pieces, 8 connections', request: stream, connections: 8 },
      { name: 'dependency over a Unix socket, 8 connections', request: nested, connections: 8 },
    ],
  ],
  [overTcp, [{ name: 'dependency over TCP, 8 connections', request: nested, connections: 8 }]],
];

export async function figures(rounds: number): Promise<readonly Figure[]> {
  const found: Figure[] = [];
  for (const [subject, ofSubject] of cases) {
    const python = (await ensureEnvironments([subject.environment]))[subject.environment];
    const theirs = await serveTheirs(python, subject);
    let ours: ServeBento | undefined;
    try {
      ours = await serveBento(python, subject);
      const { url } = await ours.serve();
      const sides = [
        { url, processorMs: ours.processorMs },
        { url: theirs.url, processorMs: () => processorMsOf(theirs.pids()) },
      ] as const;
      for (const one of ofSubject) {
        found.push(...figuresOf(one.name, await inTurn(...sides, one, rounds)));
      }
    } finally {
      await ours?.end();
      await theirs.stop();
    }
  }
  return found;
}

interface Measure extends Load {
  readonly processorMs: number;
}

interface Pair {
  readonly ours: Measure;
  readonly theirs: Measure;
}

interface Side {
  readonly url: string;
  readonly processorMs: () => number;
}

/** Both are served all the while, and the one that is not asked has nothing to do. */
async function inTurn(
  ours: Side,
  theirs: Side,
  { request, connections }: Case,
  rounds: number,
): Promise<readonly Pair[]> {
  // Makes the connections between the services, fills caches, and shows how long each connection waits for two answers.
  const seconds = [shortest];
  for (const { url } of [ours, theirs]) {
    const { perSecond } = await load(url, { amount: 2 * connections }, request, connections);
    seconds.push(Math.ceil((4 * connections) / perSecond));
  }
  const duration = Math.max(...seconds);
  const ask = async ({ url, processorMs }: Side): Promise<Measure> => {
    const before = processorMs();
    const measured = await load(url, { duration }, request, connections);
    return { ...measured, processorMs: (processorMs() - before) / measured.requests };
  };
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    // What else the machine has to do comes and goes: neither is always the first.
    const first = round % 2 === 0 ? theirs : ours;
    const one = await ask(first);
    const other = await ask(first === ours ? theirs : ours);
    pairs.push(first === ours ? { ours: one, theirs: other } : { ours: other, theirs: one });
  }
  return pairs;
}

function figuresOf(name: string, pairs: readonly Pair[]): readonly Figure[] {
  const of = (what: keyof Measure) =>
    pairs.map(({ ours, theirs }) => [ours[what], theirs[what]] as const);
  const perSecond = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)}/s`;
  const processor = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
  return [
    paired(`${name}: requests per second`, of('perSecond'), perSecond, asMuch),
    paired(`${name}: latency, p50`, of('p50Ms'), inMs, asFast),
    paired(`${name}: latency, p99`, of('p99Ms'), inMs, asFast),
    paired(`${name}: processor time of a request`, of('processorMs'), processor),
  ];
}
