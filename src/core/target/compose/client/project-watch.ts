import type { Clock } from '../../../clock';
import { Emitter, type Disposable, type Event } from '../../../events';
import { say } from '../../../messages/message';
import { pause } from '../../../pause';
import { problemOf } from '../../../problem';
import type { ComposeClient } from './compose-client';
import type { Container } from './container';
import { EngineError, type EngineProblem } from './engine-error';
import { isChange } from './read-event';

/** What is known about the containers of a project. */
export interface ProjectState {
  /** As they were last seen. */
  readonly containers: readonly Container[];
  /** The engine does not answer: what is said about the containers may not hold any more. */
  readonly unknown?: {
    /** Milliseconds since the epoch. */
    readonly since: number;
    readonly problem: EngineProblem;
  };
}

export interface WatchTimings {
  /** Between an event and the question what it has changed: events come in bursts. */
  readonly settleMs: number;
  /** How long the program that reports events takes to connect: what happens before is missed. */
  readonly connectMs: number;
  /** Between two questions without an event, for what no event reports. */
  readonly pollMs: number;
  /** The same where the program reports no events. */
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

/** Follows the containers of a project: events say when to look, and what is seen is the truth. */
export class ProjectWatch implements Disposable {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #timings: WatchTimings;
  readonly #changed = new Emitter<void>();
  readonly #end = new AbortController();
  #state: ProjectState = { containers: [] };
  /** Ends the present pause between two questions. */
  #wake = new AbortController();
  #failures = 0;

  constructor(client: Client, clock: Clock, timings: WatchTimings = watchTimings) {
    this.#client = client;
    this.#clock = clock;
    this.#timings = timings;
  }

  readonly onDidChange: Event<void> = this.#changed.event;

  get state(): ProjectState {
    return this.#state;
  }

  /** To be called once. Resolves when the containers have been seen, or cannot be. */
  async start(): Promise<void> {
    await this.#look();
    void this.#follow();
    if (this.#client.program.hasEvents) void this.#listen();
  }

  /** Looks at once, and not only when it is time to. */
  look(): void {
    this.#wake.abort();
  }

  dispose(): void {
    this.#end.abort();
    this.#wake.abort();
    this.#changed.dispose();
  }

  /** A method: the answer changes while something is awaited. */
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
      // What happens from here on may be missing in the answer, and is looked at again.
      this.#wake = new AbortController();
      await this.#look();
    }
  }

  /** The program that reports events, again and again: it ends with its connection. */
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
    try {
      const containers = await this.#client.containers(this.#end.signal);
      this.#failures = 0;
      this.#set({ containers });
    } catch (error) {
      if (this.#isOver()) return;
      this.#failures += 1;
      const { containers, unknown } = this.#state;
      const since = unknown?.since ?? this.#clock.date();
      this.#set({ containers, unknown: { since, problem: engineProblem(error) } });
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

/** The problem behind anything that can be thrown: a watch goes on in any case. */
function engineProblem(thrown: unknown): EngineProblem {
  if (thrown instanceof EngineError) return thrown.problem;
  const { message, texts, detail } = problemOf(thrown);
  return {
    code: 'engine-failed',
    texts: { message: texts?.message ?? say('unexpected', { what: message }) },
    ...(detail === undefined ? {} : { detail }),
  };
}
