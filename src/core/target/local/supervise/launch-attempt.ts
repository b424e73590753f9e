import type { Clock } from '../../../clock';
import type { Disposable } from '../../../events';
import { HealthMonitor, type Health, type HealthTimings } from '../../../health/health-monitor';
import type { Probe } from '../../../health/probe';
import { RecentErrors, type ReadTotal } from './recent-errors';

/** What belongs to one launch of a component and ends with it: its probes, its count of errors, and what waits for it. */
export class LaunchAttempt implements Disposable {
  readonly #clock: Clock;
  readonly #timings: HealthTimings;
  readonly #over = new AbortController();
  #monitor: HealthMonitor | undefined;
  #errors: RecentErrors | undefined;
  readonly #launchedAt: number;
  /** Milliseconds since the epoch. */
  startedAt: number;
  readyAt: number | undefined;
  /** The last verdict of its probes. */
  health: Health | undefined;

  constructor(clock: Clock, timings: HealthTimings) {
    this.#clock = clock;
    this.#timings = timings;
    this.startedAt = clock.date();
    this.#launchedAt = clock.now();
  }

  /** Aborts when the component stops, fails, waits for a restart, or is launched again. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** Milliseconds since the launch. */
  get age(): number {
    return this.#clock.now() - this.#launchedAt;
  }

  /** Milliseconds that its last probe took, at least one; nothing while it is not ready. */
  get latencyMs(): number | undefined {
    if (this.health?.status !== 'ready') return undefined;
    const { latencyMs } = this.health;
    return latencyMs === undefined ? undefined : Math.max(1, Math.round(latencyMs));
  }

  /** How many requests were answered with an error in the last minute. */
  get recentErrors(): number {
    return this.#errors?.count ?? 0;
  }

  /** Counts errors from now on: what earlier workers counted is left out. Resolves when that is known. */
  async countErrors(readTotal: ReadTotal, onChange: () => void): Promise<void> {
    this.#errors = new RecentErrors(readTotal, this.#timings.intervalMs, this.#clock, onChange);
    await this.#errors.start();
  }

  /** Asks the probe from now on. */
  watch(probe: Probe, report: (health: Health) => void): void {
    this.#monitor = new HealthMonitor(probe, this.#timings, this.#clock, report);
  }

  /** Asks the probe now: something has changed. */
  probeNow(): void {
    this.#monitor?.probeNow();
  }

  /** See `HealthMonitor.askAnew`. */
  askAnew(): void {
    this.#monitor?.askAnew();
  }

  dispose(): void {
    this.#over.abort();
    this.#monitor?.dispose();
    this.#errors?.dispose();
    this.#errors = undefined;
    this.health = undefined;
  }
}
