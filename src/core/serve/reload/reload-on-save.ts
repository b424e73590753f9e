import type { Clock } from '../../clock';
import type { Disposable } from '../../events';

export interface ReloadOnSaveParts {
  readonly clock: Clock;
  /** Those of the files that hold something else than when it was asked last. */
  readonly changed: (paths: readonly string[]) => Promise<readonly string[]>;
  /** Reloads for these files. Never rejects; gives whether it was done, and not given up because it was aborted. */
  readonly reload: (files: readonly string[], signal: AbortSignal) => Promise<boolean>;
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
  /** They are to be reloaded for. */
  #files: readonly string[] = [];
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
    this.#timer = clock.after(
      Math.max(0, Math.min(quietMs, patienceMs - waited)),
      () => void this.#look(),
    );
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
    this.#running?.abort();
  }

  async #look(): Promise<void> {
    const paths = [...this.#paths];
    this.#paths.clear();
    const changed = await this.#parts.changed(paths);
    if (changed.length === 0 || this.#disposed) return;
    this.#files = union(this.#files, changed);
    // What it starts is out of date already.
    if (this.#running === undefined) await this.#run();
    else this.#running.abort();
  }

  async #run(): Promise<void> {
    while (this.#files.length > 0 && !this.#disposed) {
      const running = new AbortController();
      this.#running = running;
      const files = this.#files;
      this.#files = [];
      const done = await this.#parts.reload(files, running.signal);
      this.#running = undefined;
      if (!done) this.#files = union(files, this.#files);
    }
  }
}

const union = (one: readonly string[], other: readonly string[]): readonly string[] => [
  ...new Set([...one, ...other]),
];
