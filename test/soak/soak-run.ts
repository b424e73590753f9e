import type { Bento, ServeBentoApi } from '../../src/api';
import { until } from '../support/until';
import { bentoOf } from '../window/support/extension-api';
import { MemoryRecord, type MemoryGrowth } from './memory-record';
import { pick, seeded } from './random';
import { Requests, type Question, type Request } from './requests';
import { soakFaults } from './soak-faults';

export interface SoakResult {
  readonly faults: Readonly<Record<string, number>>;
  /** Milliseconds from the fault until the bento was ready again, in order. */
  readonly recoveries: readonly number[];
  readonly notRecovered: readonly string[];
  /** Components that were given up after five restarts, as they should be, and served again. */
  readonly gaveUp: number;
  readonly requests: number;
  /** While a fault was under way. */
  readonly explained: Readonly<Record<string, number>>;
  readonly unexplained: readonly string[];
  readonly growth: MemoryGrowth;
}

interface Injected {
  readonly bento: string;
  readonly kind: string;
  readonly from: number;
  to: number;
}

const questions: Readonly<Record<string, Question>> = {
  Search: {
    path: '/search',
    type: 'application/json',
    body: '{"query": "rice and tea"}',
    answer: 'green tea goes well with rice',
  },
  svc: { path: '/shout', type: 'text/plain', body: 'good morning', answer: 'GOOD MORNING!' },
};

const readyWithinMs = 90_000;
/** After it is ready again, clients may still find what was closed under them. */
const settleMs = 1000;
const calmMs = 3000;

/** Serves both samples, injects faults one after the other into each of them, and asks them all the while. */
export class SoakRun {
  readonly #api: ServeBentoApi;
  readonly #seed: number;
  readonly #durationMs: number;
  readonly #injected: Injected[] = [];
  readonly #notRecovered: string[] = [];
  #gaveUp = 0;

  constructor(api: ServeBentoApi, seed: number, durationMs: number) {
    this.#api = api;
    this.#seed = seed;
    this.#durationMs = durationMs;
  }

  async run(): Promise<SoakResult> {
    const bentos = await this.#api.refresh();
    await Promise.all(bentos.map(({ id }) => this.#api.serve(id)));
    const requests = bentos.flatMap((bento) =>
      [false, true].map(
        (keepAlive) => new Requests(this.#api, bento.id, questionFor(bento), keepAlive),
      ),
    );
    const asking = requests.map((one) => one.run());
    const memory = new MemoryRecord(this.#durationMs);
    const end = performance.now() + this.#durationMs;
    await Promise.all(
      bentos.map(({ id }, index) => this.#torment(id, seeded(this.#seed + index), end)),
    );
    const growth = memory.end();
    for (const one of requests) one.end();
    await Promise.all(asking);
    await Promise.all(bentos.map(({ id }) => this.#api.stop(id)));
    return { ...this.#judge(requests.flatMap(({ all }) => all)), growth };
  }

  report(result: SoakResult & { readonly left: { processes: number; ports: number } }): string {
    const { faults, recoveries, gaveUp, requests, explained, unexplained, growth, left } = result;
    const injected = Object.values(faults).reduce((sum, count) => sum + count, 0);
    const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
    return [
      `seed ${this.#seed}`,
      `faults injected: ${injected} (${listed(faults)})`,
      `recovered: ${recoveries.length}, median ${ms(median(recoveries))}, worst ${ms(Math.max(0, ...recoveries))}; given up and served again: ${gaveUp}`,
      `requests sent: ${requests}; failed during a fault: ${listed(explained) || 'none'}; for no reason: ${unexplained.length}`,
      `left: ${left.processes} processes, ${left.ports} ports`,
      `extension host: heap ${megabytes(growth.heapUsed)}, memory ${megabytes(growth.rss)} more in the last quarter than in the first`,
    ].join('\n');
  }

  async #torment(id: string, random: () => number, end: number): Promise<void> {
    while (performance.now() < end) {
      await pause(calmMs * (0.2 + random()));
      const { kind, inject } = pick(random, soakFaults);
      const injected: Injected = { bento: id, kind, from: performance.now(), to: Infinity };
      this.#injected.push(injected);
      try {
        await inject(this.#api, id, random);
        await this.#recovered(id);
        injected.to = performance.now();
      } catch (error) {
        this.#notRecovered.push(`${kind} of ${id}: ${String(error)}`);
        return;
      }
    }
  }

  /** Ready again; what was given up is served again, as a person would. */
  async #recovered(id: string): Promise<void> {
    await until(
      `${id} ready again`,
      async () => {
        const bento = bentoOf(this.#api, id);
        if (bento.components.some(({ state }) => state === 'failed')) {
          this.#gaveUp += 1;
          await this.#api.serve(id);
        }
        return bentoOf(this.#api, id).state === 'ready' || undefined;
      },
      readyWithinMs,
    );
  }

  #judge(requests: readonly Request[]): Omit<SoakResult, 'growth'> {
    const explained: Record<string, number> = {};
    const unexplained: string[] = [];
    for (const { bento, from, to, failure } of requests) {
      if (failure === undefined) continue;
      const cause = this.#injected.find(
        (one) => one.bento === bento && from <= one.to + settleMs && to >= one.from,
      );
      if (cause === undefined) unexplained.push(`${bento}: ${failure}`);
      else count(explained, `${failure} (${cause.kind})`);
    }
    const faults: Record<string, number> = {};
    for (const { kind } of this.#injected) count(faults, kind);
    return {
      faults,
      recoveries: this.#injected
        .filter(({ to }) => to !== Infinity)
        .map(({ from, to }) => Math.round(to - from))
        .sort((a, b) => a - b),
      notRecovered: this.#notRecovered,
      gaveUp: this.#gaveUp,
      requests: requests.length,
      explained,
      unexplained,
    };
  }
}

function questionFor({ name, id }: Bento): Question {
  const question = questions[id.slice(id.lastIndexOf(':') + 1)];
  if (question === undefined) throw new Error(`nobody knows what to ask ${name} (${id})`);
  return question;
}

function count(counts: Record<string, number>, what: string): void {
  counts[what] = (counts[what] ?? 0) + 1;
}

const listed = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([what, number]) => `${what} ${number}`)
    .join(', ');

const median = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length / 2)] ?? 0;
const ms = (value: number): string => `${(value / 1000).toFixed(1)} s`;
const pause = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time));
