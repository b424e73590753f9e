import type { Clock } from '../clock';
import type { Disposable } from '../events';
import type { Argument } from '../messages/message';
import type { Probe, ProbeResult } from './probe';

export interface HealthTimings {
  /** Milliseconds from one round to the next once it is ready. */
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Silent rounds in a row until it counts as unresponsive. */
  readonly failureThreshold: number;
  /** It was not started here: asked no faster before it is ready than after. */
  readonly fixedInterval?: boolean;
}

/** What the probes say all together. */
export type Health =
  /** The first answer waited in the backlog for the server to start, so its latency says nothing and is not given. */
  | { readonly status: 'ready'; readonly latencyMs?: number }
  | { readonly status: 'notReady'; readonly reason: Argument }
  | { readonly status: 'unresponsive'; readonly reason: Argument };

const firstPauseMs = 100;
const pauseFactor = 1.5;
const maxPauseMs = 250;
/** A start that takes longer than this is asked less often. */
const longStartMs = 60_000;
const longStartPauseMs = 1000;
/** What was ready and is not is asked more often, so that its recovery shows soon. */
const soonMs = 1000;
/** A timer this late means the extension host stood still: its time-outs prove nothing. */
const stallMs = 500;
/** So much more on the calendar than on the clock: the machine slept, and what was asked before it proves nothing. */
const sleepMs = 2000;

/** Asks in rounds, fast until first ready, then at an interval, and reports each verdict. */
export class HealthMonitor implements Disposable {
  readonly #probe: Probe;
  readonly #timings: HealthTimings;
  readonly #clock: Clock;
  readonly #report: (health: Health) => void;
  readonly #end = new AbortController();
  readonly #startedAt: number;
  #pauseMs = firstPauseMs;
  #wasReady = false;
  #soon = false;
  #misses = 0;
  /** How often what was asked before has lost its meaning. */
  #epoch = 0;
  #timer: Disposable | undefined;

  constructor(
    probe: Probe,
    timings: HealthTimings,
    clock: Clock,
    report: (health: Health) => void,
  ) {
    this.#probe = probe;
    this.#timings = timings;
    this.#clock = clock;
    this.#report = report;
    this.#startedAt = clock.now();
    this.#schedule(this.#pauseMs);
  }

  /** Asks now instead of at the next round: something it waited for has changed. */
  probeNow(): void {
    if (this.#timer === undefined) return;
    this.#timer.dispose();
    this.#schedule(0);
  }

  /** What was asked until now proves nothing, because it was held up from outside. Asks anew. */
  askAnew(): void {
    this.#epoch += 1;
    this.#misses = 0;
    this.probeNow();
  }

  dispose(): void {
    this.#end.abort();
    this.#timer?.dispose();
    this.#probe.dispose();
  }

  #schedule(ms: number): void {
    if (this.#end.signal.aborted) return;
    this.#timer = this.#clock.after(ms, () => void this.#round());
  }

  async #round(): Promise<void> {
    this.#timer = undefined;
    const from = this.#clock.now();
    const epoch = this.#epoch;
    const health = await this.#ask();
    if (this.#end.signal.aborted) return;
    if (epoch !== this.#epoch) {
      this.#misses = 0;
    } else if (health !== undefined) {
      // Also the first answer is followed by another soon: that one tells the latency.
      this.#soon = health.status !== 'ready' || !this.#wasReady;
      this.#wasReady ||= health.status === 'ready';
      this.#report(health);
    }
    this.#schedule(this.#nextPause(from));
  }

  /** The verdict of one round; nothing when it proves nothing. */
  async #ask(): Promise<Health | undefined> {
    const last = this.#wasReady && this.#misses >= this.#timings.failureThreshold - 1;
    const [ready, live] = await Promise.all([
      this.#limited((signal) => this.#probe.ready(signal)),
      // Readiness may hang on a dependency while the process itself lives well. Asked at once, so
      // that the last miss is not followed by one more time-out.
      last ? this.#limited((signal) => this.#probe.live(signal)) : undefined,
    ]);
    if (ready.outcome === 'ok') {
      this.#misses = 0;
      return this.#wasReady ? { status: 'ready', latencyMs: ready.latencyMs } : { status: 'ready' };
    }
    if (!this.#wasReady) return { status: 'notReady', reason: ready.reason };
    if (ready.outcome === 'refused') {
      this.#misses = 0;
      return { status: 'notReady', reason: ready.reason };
    }
    if (ready.stalled === true) return undefined;
    this.#misses += 1;
    if (live === undefined || live.outcome === 'refused') return undefined;
    if (live.outcome === 'ok') return { status: 'notReady', reason: ready.reason };
    return live.stalled === true ? undefined : { status: 'unresponsive', reason: live.reason };
  }

  async #limited(
    ask: (signal: AbortSignal) => Promise<ProbeResult>,
  ): Promise<ProbeResult & { readonly stalled?: boolean }> {
    const limit = new AbortController();
    const from = this.#clock.now();
    const date = this.#clock.date();
    const timer = this.#clock.after(this.#timings.timeoutMs, () => limit.abort());
    const result = await ask(AbortSignal.any([limit.signal, this.#end.signal]));
    timer.dispose();
    const took = this.#clock.now() - from;
    const slept = Math.abs(this.#clock.date() - date - took) > sleepMs;
    return result.outcome === 'silent'
      ? { ...result, stalled: slept || took > this.#timings.timeoutMs + stallMs }
      : result;
  }

  #nextPause(roundFrom: number): number {
    const now = this.#clock.now();
    const { intervalMs, fixedInterval = false } = this.#timings;
    if (this.#wasReady || fixedInterval) {
      const interval = this.#soon && !fixedInterval ? Math.min(soonMs, intervalMs) : intervalMs;
      return Math.max(0, interval - (now - roundFrom));
    }
    if (now - this.#startedAt > longStartMs) return longStartPauseMs;
    const pause = this.#pauseMs;
    this.#pauseMs = Math.min(pause * pauseFactor, maxPauseMs);
    return pause;
  }
}
