import type { Clock } from '../../../clock';
import type { Disposable } from '../../../events';
import type { Changes } from './changed-files';
import type { ReportedChanges } from './outdated-files';

/** `cancelled`: it was aborted, and has to begin anew. */
export type ReloadOutcome = 'done' | 'failed' | 'cancelled';

export interface ReloadOnSaveParts {
  readonly clock: Clock;
  /** Compares the files with what they held when it was called last. */
  readonly changes: (paths: readonly string[]) => Promise<Changes>;
  /** Serves the current state of these files, all that have changed since the last success. Never rejects. */
  readonly reload: (files: ReportedChanges, signal: AbortSignal) => Promise<ReloadOutcome>;
}

/** Milliseconds without a save after which a burst of them is over. */
const quietMs = 40;
/** Milliseconds after which it is not waited for any longer. */
const patienceMs = 500;

/**
 * Gathers saves and reloads one time for a burst of them; what is saved during a reload begins it anew. The files of a
 * reload that failed belong to the next one.
 */
export class ReloadOnSave implements Disposable {
  readonly #parts: ReloadOnSaveParts;
  readonly #paths = new Set<string>();
  #since = 0;
  #timer: Disposable | undefined;
  /** Changed since the last success, and when that was reported. */
  readonly #files = new Map<string, number>();
  #begun = false;
  #failed = false;
  /** Something was written during the reload that may let it succeed. */
  #again = false;
  #running: AbortController | undefined;
  #work: Promise<void> | undefined;
  #disposed = false;

  constructor(parts: ReloadOnSaveParts) {
    this.#parts = parts;
  }

  /** The last reload failed: an older state serves. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Starts reloading, also for earlier saves. @param isDue whether to reload once even if nothing was saved */
  begin(isDue = false): void {
    this.#begun = true;
    if (this.#paths.size > 0) void this.#look();
    if (isDue && !this.#disposed) this.#start();
  }

  changed(paths: readonly string[]): void {
    if (this.#disposed || paths.length === 0) return;
    const { clock } = this.#parts;
    if (this.#paths.size === 0) this.#since = clock.now();
    for (const path of paths) this.#paths.add(path);
    this.#timer?.dispose();
    if (!this.#begun) return;
    const waited = clock.now() - this.#since;
    this.#timer = clock.after(
      Math.max(0, Math.min(quietMs, patienceMs - waited)),
      () => void this.#look(),
    );
  }

  /** Tries again what failed last; resolves when no reload is under way. */
  async retry(): Promise<void> {
    if (this.#failed && !this.#disposed) this.#start();
    await this.#work;
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
    this.#running?.abort();
  }

  async #look(): Promise<void> {
    const paths = [...this.#paths];
    this.#paths.clear();
    const { changed, written } = await this.#parts.changes(paths);
    if (this.#disposed) return;
    for (const file of changed) this.#files.set(file, this.#parts.clock.now());
    // What it starts is out of date already.
    if (changed.length > 0) this.#running?.abort();
    else if (written && this.#running !== undefined) this.#again = true;
    if (changed.length > 0 || (written && this.#failed)) this.#start();
  }

  #start(): void {
    this.#work ??= this.#run();
  }

  async #run(): Promise<void> {
    let outcome: ReloadOutcome;
    do {
      const running = new AbortController();
      this.#running = running;
      this.#again = false;
      const files = new Map(this.#files);
      outcome = await this.#parts.reload(files, running.signal);
      this.#running = undefined;
      if (outcome !== 'cancelled') this.#failed = outcome === 'failed';
      if (outcome === 'done') this.#forget(files);
    } while (!this.#disposed && this.#isDue(outcome));
    this.#work = undefined;
  }

  #isDue(outcome: ReloadOutcome): boolean {
    if (outcome === 'failed') return this.#again;
    return outcome === 'cancelled' || this.#files.size > 0;
  }

  /** What was saved meanwhile stays. */
  #forget(files: ReportedChanges): void {
    for (const [file, at] of files) if (this.#files.get(file) === at) this.#files.delete(file);
  }
}
