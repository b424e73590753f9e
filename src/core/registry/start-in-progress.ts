import { say, textOf, type Message } from '../messages/message';
import type { AskOptions } from '../bento-manager';
import type { Bento, StartProgress } from '../model';
import { cancelled } from '../problem';
import type { RunningBento } from '../target/running-bento';

/** One start or restart of a bento, from the request until it is ready or has failed. */
export class StartInProgress {
  /** What it starts, as text: a restart with anything else begins anew. */
  readonly target: string;
  /** The bento that it has launched. */
  launched: RunningBento | undefined;
  readonly #cancel = new AbortController();
  readonly #listeners = new Set<(phase: Message) => void>();
  readonly #onPhase: (phase: Message) => void;
  readonly #since: number;
  readonly #done: Promise<Bento>;
  #phase = say('checkingSettings');
  #handedOverTo: StartInProgress | undefined;

  /** Resolves when it has ended, one way or the other. Never rejects. */
  readonly ended: Promise<unknown>;

  /** `work` begins after the constructor has returned. */
  constructor(
    target: string,
    since: number,
    work: (start: StartInProgress) => Promise<Bento>,
    onPhase: (phase: Message) => void,
  ) {
    this.target = target;
    this.#since = since;
    this.#onPhase = onPhase;
    const begun = Promise.resolve().then(() => work(this));
    this.ended = begun.catch(() => undefined);
    this.#done = begun.catch((error: unknown) => {
      // Whoever waits for this start wants the bento served, which the successor does.
      if (this.#handedOverTo !== undefined) return this.#handedOverTo.done;
      throw error;
    });
    // A start that nobody waits for may fail, too.
    this.#done.catch(() => undefined);
  }

  get done(): Promise<Bento> {
    return this.#done;
  }

  get signal(): AbortSignal {
    return this.#cancel.signal;
  }

  get progress(): StartProgress {
    return Object.freeze({ phase: this.#phase, since: this.#since });
  }

  /** Waits for it with the others. Each caller may cancel it for all of them. */
  join({ signal, onPhase }: AskOptions): Promise<Bento> {
    if (onPhase !== undefined) {
      this.#listeners.add(onPhase);
      onPhase(this.#phase);
    }
    signal?.addEventListener('abort', () => this.cancel(), { once: true });
    if (signal?.aborted === true) this.cancel();
    return this.done;
  }

  report(phase: Message): void {
    if (textOf(phase) === textOf(this.#phase)) return;
    this.#phase = phase;
    this.#onPhase(phase);
    for (const listener of this.#listeners) listener(phase);
  }

  /** @throws ServeError `cancelled`. */
  throwIfCancelled(): void {
    if (this.#cancel.signal.aborted) throw cancelled();
  }

  cancel(): void {
    this.#cancel.abort();
    this.#handedOverTo?.cancel();
  }

  /** Ends it in favour of another start, which the callers of this one get. */
  supersede(successor: StartInProgress): void {
    this.#cancel.abort();
    this.#handedOverTo = successor;
    for (const listener of this.#listeners)
      successor.join({ onPhase: listener }).catch(() => undefined);
  }
}
