import type { Clock } from '../../clock';
import type { Disposable } from '../../events';

export interface ReloadOnSaveParts {
  readonly clock: Clock;
  /** Reloads for all that has changed since the last one; given up when it is aborted. Never rejects. */
  readonly reload: (paths: readonly string[], signal: AbortSignal) => Promise<void>;
}

/** Milliseconds without a save after which a burst of them is over. */
const quietMs = 40;
/** Milliseconds after which it is not waited for any longer. */
const patienceMs = 500;

/** Gathers saves and reloads one time for a burst of them; what is saved during a reload begins it anew. */
export class ReloadOnSave implements Disposable {
  readonly #parts: ReloadOnSaveParts;
  readonly #paths = new Set<string>();
  #since = 0;
  #timer: Disposable | undefined;
  #running: AbortController | undefined;
  #disposed = false;

  constructor(parts: ReloadOnSaveParts) {
    this.#parts = parts;
  }

  changed(paths: readonly string[]): void {
    if (this.#disposed || paths.length === 0) return;
    const { clock } = this.#parts;
    if (this.#paths.size === 0) this.#since = clock.now();
    for (const path of paths) this.#paths.add(path);
    this.#timer?.dispose();
    const waited = clock.now() - this.#since;
    this.#timer = clock.after(Math.max(0, Math.min(quietMs, patienceMs - waited)), () =>
      this.#ring(),
    );
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
    this.#running?.abort();
  }

  #ring(): void {
    this.#timer = undefined;
    // What it starts is out of date already; its end rings again.
    if (this.#running === undefined) void this.#run();
    else this.#running.abort();
  }

  async #run(): Promise<void> {
    while (this.#paths.size > 0 && this.#timer === undefined && !this.#disposed) {
      const paths = [...this.#paths];
      this.#paths.clear();
      const running = new AbortController();
      this.#running = running;
      await this.#parts.reload(paths, running.signal);
      this.#running = undefined;
      if (running.signal.aborted) for (const path of paths) this.#paths.add(path);
    }
  }
}
