import { Emitter } from '../../src/core/events';
import type { Probe, ProbeResult } from '../../src/core/health/probe';
import type { ExitStatus } from '../../src/core/programs/exit-status';
import { WorkerGroup } from '../../src/core/target/local/workers/worker-group';
import type { ComponentLog } from '../../src/core/logs/component-log';
import { OutputHistory } from '../../src/core/logs/output-history';
import { ComponentSupervisor } from '../../src/core/target/local/supervise/component-supervisor';
import type { SupervisorOptions } from '../../src/core/target/local/supervise/supervised-component';
import { backoffPolicy } from '../../src/core/target/local/supervise/restart-policy';
import { FakeProcessHost, type FakeHostOptions } from './fake-process-host';
import { ManualClock } from './manual-clock';
import { settle } from './settle';
import { say } from '../../src/core/messages/message';

export const ok: ProbeResult = { outcome: 'ok', latencyMs: 1 };
export const refused: ProbeResult = { outcome: 'refused', reason: 'not yet' };
export const silent: ProbeResult = { outcome: 'silent', reason: 'no answer' };

/** Answers as a test says, once the test lets it. */
export class FakeProbe implements Probe {
  answer: ProbeResult = ok;
  /** Holds each answer back. Default: it comes at once. */
  delay: () => Promise<unknown> = () => Promise.resolve();

  live(signal: AbortSignal): Promise<ProbeResult> {
    return this.#ask(signal);
  }

  ready(signal: AbortSignal): Promise<ProbeResult> {
    return this.#ask(signal);
  }

  dispose(): void {
    // It holds nothing.
  }

  #ask(signal: AbortSignal): Promise<ProbeResult> {
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(silent), { once: true });
      void this.delay().then(() => resolve(this.answer));
    });
  }
}

export interface SupervisedOptions extends FakeHostOptions {
  /** Default: 1. */
  readonly workers?: number;
  readonly supervisor?: Partial<SupervisorOptions>;
  /** Called before the first worker is started. Default: does nothing. */
  readonly beforeLaunch?: () => Promise<void>;
  /** Told of each launch. */
  readonly onProbe?: () => void;
  /** Reads the number of requests that it has answered with an error. Default: they are not counted. */
  readonly errorTotal?: () => Promise<number | undefined>;
  readonly remote?: boolean;
  readonly isPrivate?: boolean;
  /** The worker is an arbiter, which has workers of its own. */
  readonly arbiter?: true;
}

/** A supervisor of real worker groups, on a host that keeps its processes in memory. */
export function supervised(options: SupervisedOptions = {}) {
  const { workers: wanted = 1, beforeLaunch = () => Promise.resolve() } = options;
  const clock = new ManualClock();
  const host = new FakeProcessHost(options);
  const probe = new FakeProbe();
  const events: string[] = [];
  const blocked = new Emitter<void>();
  const names = Array.from({ length: wanted }, (_, index) => `http#${index + 1}`);
  const workers = new WorkerGroup({
    helper: host,
    id: 'http',
    specs: names.map((process) => ({
      process,
      argv: ['serve'],
      env: {},
      cwd: '/',
      fds: [],
      deathSignal: 'SIGKILL',
      ...(options.arbiter === undefined ? {} : { arbiter: options.arbiter }),
    })),
    wanted,
  });
  const output = new OutputHistory();
  const facts: { blockedBy: string | undefined } = { blockedBy: undefined };
  const supervisor = new ComponentSupervisor(
    {
      id: 'http',
      name: 'http',
      remote: options.remote ?? false,
      isPrivate: options.isPrivate ?? false,
      workers,
      log: {
        event: (text: string) => void events.push(text),
        output,
      } as unknown as ComponentLog,
      adviceWhenLate: say('lookAtTerminal'),
      makeProbe: () => {
        options.onProbe?.();
        return probe;
      },
      beforeLaunch,
      ...(options.errorTotal === undefined ? {} : { errorTotal: options.errorTotal }),
      blockedBy: () => facts.blockedBy,
      crashProblem: (process: string, { code, signal }: ExitStatus) => ({
        code: 'crashed',
        message: `${process} ended with ${String(code ?? signal)}.`,
      }),
    },
    {
      health: { intervalMs: 5000, timeoutMs: 1000, failureThreshold: 3 },
      onHang: 'notify',
      isDebugging: () => false,
      startTimeoutMs: 60_000,
      watchOnly: false,
      gracePeriodMs: 10_000,
      clock,
      freshPolicy: () => backoffPolicy(() => 0.5),
      ...options.supervisor,
    },
  );
  return {
    ...{ clock, host, probe, events, output, workers, supervisor, facts, blocked },
    /** One of the workers that serve ends by itself. */
    crash: async (index = 1): Promise<void> => {
      const name = host.living.find((one) => one.startsWith(`http#${index}`));
      if (name === undefined) throw new Error(`no worker ${index} among ${host.living.join(', ')}`);
      host.exit(name);
      await settle();
    },
  };
}

export type Supervised = ReturnType<typeof supervised>;

/** One that serves. */
export async function ready(options: SupervisedOptions = {}): Promise<Supervised> {
  const set = supervised(options);
  set.supervisor.start();
  await set.clock.pass(1000);
  if (set.supervisor.state !== 'ready') throw new Error(`it is ${set.supervisor.state}`);
  return set;
}
