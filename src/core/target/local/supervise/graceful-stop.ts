import type { StopTimes } from '../../../bento-manager';
import type { Clock } from '../../../clock';
import type { Workers } from '../workers/workers';
import type { ComponentLog } from '../../../logs/component-log';
import { seconds } from './seconds';
import type { Timers } from './timers';

export interface StopInProgress extends StopTimes {
  /** What was left has been ended by force, and why. */
  readonly forcedBecause?: string;
}

export interface GracefulStopParts {
  readonly workers: Workers;
  readonly log: Pick<ComponentLog, 'event'>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly gracePeriodMs: number;
  /** Others will serve from its sockets: what clients have sent is answered first. */
  readonly handOver: boolean;
  readonly onChange: () => void;
}

/** A component that was never ready has no requests to finish, and may wait for a dependency that never comes. */
const unreadyGraceMs = 1000;

/** Milliseconds that the processes of a component have to end by themselves. */
export const gracePeriod = (wasReady: boolean, configuredMs: number): number =>
  wasReady ? configuredMs : Math.min(unreadyGraceMs, configuredMs);

/** Ends the processes of a component: asks them, and forces them after the grace period. */
export class GracefulStop {
  readonly #parts: GracefulStopParts;
  #times: StopInProgress;
  /** Resolves when no process is left. Never rejects. */
  readonly done: Promise<void>;

  constructor(parts: GracefulStopParts) {
    this.#parts = parts;
    const since = parts.clock.date();
    this.#times = { since, forceAt: since + parts.gracePeriodMs };
    this.done = this.#run();
  }

  get times(): StopInProgress {
    return this.#times;
  }

  /** Ends at once what is left. */
  force(why: string): void {
    this.#times = { ...this.#times, forcedBecause: why };
    this.#parts.onChange();
    // Without a host there is nothing left that could be killed.
    this.#parts.workers.kill().catch(() => undefined);
  }

  async #run(): Promise<void> {
    const { workers, log, timers, gracePeriodMs, handOver } = this.#parts;
    log.event('stopping');
    timers.after('force', gracePeriodMs, () => {
      log.event(`still running after ${seconds(gracePeriodMs)}: ending it by force`);
      this.force(`it did not stop within ${seconds(gracePeriodMs)}`);
    });
    // Not waited for: what counts is that they end. A host that is gone has ended everything.
    (handOver ? workers.retire() : workers.terminate()).catch(() => undefined);
    await workers.ended();
    // What the workers left behind does not outlive them.
    await workers.kill().catch(() => undefined);
    timers.cancel('force');
  }
}
