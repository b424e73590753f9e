import type { Clock } from '../../clock';
import type { Disposable } from '../../events';
import type { ComponentLog } from '../../logs/component-log';
import { pause } from '../../pause';
import type { AppliedBento, AppliedComponent, AppliedWorker } from '../target';

/** The number of earlier lines to show of a worker that was already running. */
const earlierLines = 500;
/** The number of workers whose output is followed at a time: each needs a process on this machine. */
const maxFollowed = 50;
const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

interface Followed {
  /** When the worker was started whose output was shown. */
  readonly startedAt: number | undefined;
  /** The length of the pause after it. */
  readonly pauseMs: number;
}

/** Copies the output of the workers of a bento to the logs of their components. */
export class EngineLogs implements Disposable {
  readonly #applied: AppliedBento;
  readonly #logFor: (component: string) => ComponentLog;
  readonly #clock: Clock;
  readonly #end = new AbortController();
  /** The workers whose output is followed, or will be after a pause. */
  readonly #followed = new Set<string>();
  /** The workers that were followed before, while the engine lists them. */
  readonly #before = new Map<string, Followed>();
  /** The components whose terminal says that the output of some workers is missing. */
  readonly #announced = new Set<string>();
  readonly #subscription: Disposable;
  /** The components at the last check. Their workers are followed, or wait until another log ends. */
  #known = new Set<AppliedComponent>();

  constructor(applied: AppliedBento, logFor: (component: string) => ComponentLog, clock: Clock) {
    this.#applied = applied;
    this.#logFor = logFor;
    this.#clock = clock;
    this.#subscription = applied.onDidChange(() => this.#followAll());
    this.#followAll();
  }

  dispose(): void {
    this.#end.abort();
    this.#subscription.dispose();
  }

  #followAll(): void {
    const { components } = this.#applied.state;
    const changed = components.filter((component) => !this.#known.has(component));
    if (changed.length > 0) {
      this.#known = new Set(components);
      // A component has a terminal before it has output.
      for (const { id } of changed) this.#logFor(id);
      this.#forgetGone(components);
    }
    const free = maxFollowed - this.#followed.size;
    const waiting = (free > 0 ? components : changed)
      .flatMap(({ workers }) => workers)
      .filter((worker) => isRunning(worker) && !this.#followed.has(worker.name));
    const next = this.#first(waiting, free);
    for (const worker of next) {
      this.#followed.add(worker.name);
      void this.#follow(worker);
    }
    if (next.length === waiting.length) return;
    for (const worker of waiting) {
      if (!this.#followed.has(worker.name)) this.#announceMissing(worker);
    }
  }

  /** Returns the `count` workers with the lowest ranks. With thousands of workers, `count` is mostly 1. */
  #first(workers: readonly AppliedWorker[], count: number): readonly AppliedWorker[] {
    const ranked = workers.map((worker) => ({ worker, rank: this.#rank(worker) }));
    if (count !== 1) ranked.sort((one, other) => one.rank - other.rank);
    else if (ranked.length > 1) {
      const lowest = ranked.reduce((one, other) => (other.rank < one.rank ? other : one));
      return [lowest.worker];
    }
    return ranked.slice(0, Math.max(0, count)).map(({ worker }) => worker);
  }

  /** Lowest first: workers of which nothing has been shown, and of those the first one of each component. */
  #rank({ name, number }: AppliedWorker): number {
    return number + (this.#before.has(name) ? 1_000_000 : 0);
  }

  #announceMissing({ component }: AppliedWorker): void {
    if (this.#announced.has(component)) return;
    this.#announced.add(component);
    this.#logFor(component).event(
      `only the output of ${maxFollowed} workers is shown: some output of this component is missing`,
    );
  }

  /** Forgets workers that no longer exist: engines give new workers new names. */
  #forgetGone(components: readonly AppliedComponent[]): void {
    if (this.#before.size <= maxFollowed) return;
    const workers = components.flatMap((component) => component.workers);
    const known = new Set(workers.map(({ name }) => name));
    for (const name of this.#before.keys()) {
      if (!known.has(name)) this.#before.delete(name);
    }
  }

  async #follow(worker: AppliedWorker): Promise<void> {
    const { name, component, startedAt } = worker;
    const { signal } = this.#end;
    const log = this.#logFor(component);
    const started = this.#clock.now();
    const before = this.#before.get(name);
    // Do not show the same lines twice, nor miss the first ones of a container that was restarted.
    const isNew = before === undefined || before.startedAt !== startedAt;
    const range = {
      tail: isNew ? earlierLines : 0,
      ...(isNew && before !== undefined && startedAt !== undefined ? { since: startedAt } : {}),
    };
    const onOutput = (text: string): void => {
      if (!signal.aborted) void log.write(text, name, 'stdout');
    };
    await this.#applied.logs({ worker, ...range, signal, onOutput }).catch(() => undefined);
    log.ended(name);
    const wasShort = this.#clock.now() - started < longestPauseMs;
    // Waits longer and longer if the engine cannot provide the log.
    const next = before === undefined || !wasShort ? firstPauseMs : 2 * before.pauseMs;
    const pauseMs = Math.min(next, longestPauseMs);
    this.#before.set(name, { startedAt, pauseMs });
    await pause(this.#clock, pauseMs, signal);
    this.#followed.delete(name);
    if (!signal.aborted) this.#followAll();
  }
}

/** Whether the worker can have output to follow: it has started and has not ended. */
const isRunning = ({ state, startedAt }: AppliedWorker): boolean =>
  startedAt !== undefined && state !== 'stopped' && state !== 'failed';
