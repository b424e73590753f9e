import type { Clock } from '../../../clock';
import type { Disposable } from '../../../events';
import type { ServeRuntime } from '../serve-runtime';

interface Ahead {
  /** The workspace folder that it is for. */
  readonly folder: string;
  readonly starting: Promise<ServeRuntime>;
  readonly limit: Disposable;
  /** Ends it, unless it was taken. */
  readonly end: () => void;
}

export interface AheadRequest {
  readonly key: string;
  /** The workspace folder that it is for. */
  readonly folder: string;
  readonly start: (cancel: AbortSignal) => Promise<ServeRuntime>;
  /** Ends it, unless it was taken. */
  readonly cancel: AbortSignal;
}

/** Milliseconds after which a helper is ended if no serve has taken it. The serve may need another one. */
const limitMs = 30_000;

/** Holds helpers that are started before it is certain that a serve needs them. */
export class HelpersAhead {
  readonly #clock: Clock;
  readonly #end: (starting: Promise<ServeRuntime>) => void;
  readonly #all = new Map<string, Ahead>();

  /** `end`: ends a helper that is not needed, and may still be starting. */
  constructor(clock: Clock, end: (starting: Promise<ServeRuntime>) => void) {
    this.#clock = clock;
    this.#end = end;
  }

  has(key: string): boolean {
    return this.#all.has(key);
  }

  /** Starts a helper. Resolves when it has started or has failed, which the serve will report. Never rejects. */
  async start({ key, folder, start, cancel }: AheadRequest): Promise<void> {
    const over = new AbortController();
    const starting = start(over.signal);
    const end = (): void => {
      if (!this.#remove(key, ahead)) return;
      over.abort();
      this.#end(starting);
    };
    const ahead: Ahead = { folder, starting, end, limit: this.#clock.after(limitMs, end) };
    this.#all.set(key, ahead);
    cancel.addEventListener('abort', end, { once: true });
    try {
      const { forkServer } = await starting;
      // A helper without a fork server starts quickly: the serve starts another one.
      void forkServer.then((why) => (why === undefined ? undefined : end()));
    } catch {
      this.#remove(key, ahead);
    }
  }

  /** Hands over the helper with this key. Resolves to undefined if there is none, or it could not be started. */
  async take(key: string): Promise<ServeRuntime | undefined> {
    const ahead = this.#all.get(key);
    if (ahead === undefined) return undefined;
    this.#remove(key, ahead);
    return ahead.starting.catch(() => undefined);
  }

  /** Ends the helpers that are for these folders. */
  endOf(isOver: (folder: string) => boolean): void {
    for (const { folder, end } of [...this.#all.values()]) if (isOver(folder)) end();
  }

  #remove(key: string, ahead: Ahead): boolean {
    if (this.#all.get(key) !== ahead) return false;
    ahead.limit.dispose();
    return this.#all.delete(key);
  }
}
