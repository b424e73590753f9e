/**
 * What a debugger and a profile cost a served bento. Workers can always be debugged, so what that costs while nobody does is part of
 * what the benches `serve` and `requests` measure.
 */
import { ensureEnvironments } from '../../scripts/environments.mts';
import type * as DapClients from '../support/dap-client.ts';
import type * as Debugpy from '../support/debugpy.ts';
import { atMost, inMb, inMs, median, quantile, type Figure } from './support/figure.mts';
import { importBundled } from './support/import-bundled.mts';
import { load } from './support/load.mts';
import { serveBento, type ServeBento } from './support/serve-bento.mts';
import { classServices } from './support/subject.mts';

const { DapClient } = (await importBundled('test/support/dap-client.ts')) as typeof DapClients;
const { ensureDebugpy } = (await importBundled('test/support/debugpy.ts')) as typeof Debugpy;

interface Round {
  /** From the command until the editor has a session of every worker. */
  readonly attachMs: number;
  readonly memoryMb: Sides;
  readonly perSecond: Sides;
  /** Requests while the worker that answers them is profiled. */
  readonly profiled: number;
}

interface Sides {
  readonly before: number;
  /** With a debugger in every worker, and no breakpoint. */
  readonly attached: number;
  /** After it has gone again. */
  readonly detached: number;
}

/** Seconds of requests for each side. */
const duration = 5;

export async function figures(rounds: number): Promise<readonly Figure[]> {
  const python = (await ensureEnvironments(['bentoml-1.4']))['bentoml-1.4'];
  const ours = await serveBento(python, classServices);
  try {
    const measured: Round[] = [];
    while (measured.length < rounds)
      measured.push(await measure(ours, await ensureDebugpy(python)));
    return figuresOf(measured);
  } finally {
    await ours.end();
  }
}

async function measure(ours: ServeBento, debugpy: string): Promise<Round> {
  const { url } = await ours.serve();
  const look = async () => ({
    perSecond: (await load(url, { duration })).perSecond,
    mb: ours.memory(),
  });
  // Connections between the services, caches.
  await load(url, { duration: 2 });
  const before = await look();
  const { perSecond: profiled } = await ours.profiled(() => load(url, { duration }));
  const from = performance.now();
  const sockets = await ours.attachDebugger(debugpy);
  const sessions = await Promise.all(sockets.map(session));
  const attachMs = performance.now() - from;
  const attached = await look();
  await Promise.all(sessions.map((one) => one.detach()));
  await ours.detachDebugger();
  const detached = await look();
  await ours.stop();
  const sides = (what: 'perSecond' | 'mb'): Sides => ({
    before: before[what],
    attached: attached[what],
    detached: detached[what],
  });
  return { attachMs, memoryMb: sides('mb'), perSecond: sides('perSecond'), profiled };
}

async function session(socket: string): Promise<DapClients.DapClient> {
  const client = await DapClient.connect(socket);
  const connect = { host: '127.0.0.1', port: 0 };
  await client.attach({}, { name: 'bench', connect, justMyCode: true });
  return client;
}

function figuresOf(rounds: readonly Round[]): readonly Figure[] {
  const { name } = classServices;
  const perSecond = (value: number): string => `${String(Math.round(value))}/s`;
  const attaching = rounds.map(({ attachMs }) => attachMs);
  return [
    {
      what: `${name}: attach to all workers`,
      value: median(attaching) / 1000,
      unit: 's',
      spread: [quantile(attaching, 0.25) / 1000, quantile(attaching, 0.75) / 1000],
      goal: atMost(3),
      ours: inMs(median(attaching)),
    },
    change(`${name}: memory with debuggers`, rounds, 'memoryMb', 'attached', inMb),
    change(
      `${name}: requests per second with debuggers`,
      rounds,
      'perSecond',
      'attached',
      perSecond,
    ),
    change(`${name}: requests per second after them`, rounds, 'perSecond', 'detached', perSecond),
    ratio(
      `${name}: requests per second while profiled`,
      rounds.map((round) => round.profiled / round.perSecond.before),
      perSecond(median(rounds.map((round) => round.profiled))),
    ),
  ];
}

function change(
  what: string,
  rounds: readonly Round[],
  of: 'memoryMb' | 'perSecond',
  side: 'attached' | 'detached',
  show: (value: number) => string,
): Figure {
  const ratios = rounds.map((round) => round[of][side] / round[of].before);
  return ratio(what, ratios, show(median(rounds.map((round) => round[of][side]))));
}

const ratio = (what: string, ratios: readonly number[], ours: string): Figure => ({
  ...{ what, unit: '× before', ours },
  value: median(ratios),
  spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
});
