import type { Clock } from '../../../clock';
import { Emitter, type Disposable, type Event } from '../../../events';
import type { Problem } from '../../../model';
import { pause } from '../../../pause';
import { problemOf } from '../../../problem';
import type { ComposeClient } from './compose-client';
import type { Container } from './container';
import { isChange } from './read-event';

/** The last known state of a project's containers. */
export interface ProjectState {
  /** The containers as last seen. */
  readonly containers: readonly Container[];
  /** Present if the engine does not answer. The containers may have changed since. */
  readonly unknown?: {
    /** Milliseconds since the epoch. */
    readonly since: number;
    readonly problem: Problem;
  };
}

export interface WatchTimings {
  /** The time between an event and the next look, because events come in bursts. */
  readonly settleMs: number;
  /** The time in which the program that reports events connects. Earlier events are missed. */
  readonly connectMs: number;
  /** The time between two looks without an event, for changes that no event reports. */
  readonly pollMs: number;
  /** The same for programs that report no events. */
  readonly pollWithoutEventsMs: number;
  readonly firstRetryMs: number;
  readonly longestRetryMs: number;
}

export const watchTimings: WatchTimings = {
  settleMs: 150,
  connectMs: 1_000,
  pollMs: 10_000,
  pollWithoutEventsMs: 2_000,
  firstRetryMs: 500,
  longestRetryMs: 4_000,
};

type Client = Pick<ComposeClient, 'containers' | 'events' | 'program'>;

/** Watches the containers of a project. Events only trigger a look; the state is what the look finds. */
export class ProjectWatch implements Disposable {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #timings: WatchTimings;
  readonly #changed = new Emitter<void>();
  readonly #end = new AbortController();
  #state: ProjectState = { containers: [] };
  /** Ends the current pause between two looks. */
  #wake = new AbortController();
  #failures = 0;
  #looks = 0;
  /** The newest look that has been answered. */
  #answered = 0;

  constructor(client: Client, clock: Clock, timings: WatchTimings = watchTimings) {
    this.#client = client;
    this.#clock = clock;
    this.#timings = timings;
  }

  readonly onDidChange: Event<void> = this.#changed.event;

  get state(): ProjectState {
    return this.#state;
  }

  /** Call this once. Resolves after the first look, whether or not it succeeds. */
  async start(): Promise<void> {
    await this.#look();
    void this.#follow();
    if (this.#client.program.hasEvents) void this.#listen();
  }

  /** Looks soon, without waiting for the next poll. */
  look(): void {
    this.#wake.abort();
  }

  /** Looks now. Resolves when `state` is the answer. */
  refresh(): Promise<void> {
    return this.#look();
  }

  dispose(): void {
    this.#end.abort();
    this.#wake.abort();
    this.#changed.dispose();
  }

  /** A method, because the result can change during an `await`. */
  #isOver(): boolean {
    return this.#end.signal.aborted;
  }

  async #follow(): Promise<void> {
    const { pollMs, pollWithoutEventsMs, settleMs } = this.#timings;
    const poll = this.#client.program.hasEvents ? pollMs : pollWithoutEventsMs;
    while (!this.#isOver()) {
      await pause(this.#clock, this.#failures === 0 ? poll : this.#retryMs(), this.#wake.signal);
      if (this.#isOver()) return;
      if (this.#wake.signal.aborted) await pause(this.#clock, settleMs, this.#end.signal);
      // Changes from here on may be missing in the answer: they cause another look.
      this.#wake = new AbortController();
      await this.#look();
    }
  }

  /** Runs the program that reports events again whenever it ends, as it does when its connection is lost. */
  async #listen(): Promise<void> {
    while (!this.#isOver()) {
      const started = this.#clock.now();
      const connected = this.#clock.after(this.#timings.connectMs, () => this.look());
      await this.#client
        .events((line) => {
          if (isChange(line)) this.look();
        }, this.#end.signal)
        .catch(() => undefined);
      connected.dispose();
      if (this.#isOver()) return;
      this.look();
      const { firstRetryMs, longestRetryMs } = this.#timings;
      const isShort = this.#clock.now() - started < longestRetryMs;
      await pause(this.#clock, isShort ? longestRetryMs : firstRetryMs, this.#end.signal);
    }
  }

  async #look(): Promise<void> {
    const look = ++this.#looks;
    // A look that began earlier may be answered later, with an older state.
    const isOutdated = (): boolean => this.#isOver() || look < this.#answered;
    try {
      const containers = await this.#client.containers(this.#end.signal);
      if (isOutdated()) return;
      this.#answered = look;
      this.#failures = 0;
      this.#set({ containers });
    } catch (error) {
      if (isOutdated()) return;
      this.#answered = look;
      this.#failures += 1;
      const { containers, unknown } = this.#state;
      const since = unknown?.since ?? this.#clock.date();
      this.#set({ containers, unknown: { since, problem: problemOf(error, 'engine-failed') } });
    }
  }

  #set(state: ProjectState): void {
    if (this.#isOver() || JSON.stringify(state) === JSON.stringify(this.#state)) return;
    this.#state = state;
    this.#changed.fire();
  }

  #retryMs(): number {
    const { firstRetryMs, longestRetryMs } = this.#timings;
    return Math.min(firstRetryMs * 2 ** (this.#failures - 1), longestRetryMs);
  }
}
