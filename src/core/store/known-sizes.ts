import { sep } from 'node:path';
import type { Disposable } from '../events';
import type { DirectorySize } from './directory-size';

/** Sizes of directories, measured when they are first asked for: one at a time, as others need the disk, too. */
export class KnownSizes implements Disposable {
  readonly #measure: (directory: string, signal: AbortSignal) => Promise<DirectorySize>;
  readonly #onMeasured: (directory: string) => void;
  readonly #known = new Map<string, DirectorySize>();
  readonly #wanted = new Set<string>();
  readonly #end = new AbortController();
  #isMeasuring = false;
  /** What is being measured, unless it has changed meanwhile. */
  #measured: string | undefined;

  constructor(
    measure: (directory: string, signal: AbortSignal) => Promise<DirectorySize>,
    onMeasured: (directory: string) => void,
  ) {
    this.#measure = measure;
    this.#onMeasured = onMeasured;
  }

  /** Nothing yet: it is being measured. */
  of(directory: string): DirectorySize | undefined {
    const size = this.#known.get(directory);
    if (size === undefined && !this.#wanted.has(directory)) {
      this.#wanted.add(directory);
      void this.#measureAll();
    }
    return size;
  }

  /** What is in these directories, or is one of them, is measured anew when it is asked for. */
  forget(parents: readonly string[]): void {
    for (const directory of [...this.#known.keys()]) {
      if (isIn(directory, parents)) this.#known.delete(directory);
    }
    if (this.#measured !== undefined && isIn(this.#measured, parents)) this.#measured = undefined;
  }

  dispose(): void {
    this.#end.abort();
    this.#wanted.clear();
  }

  async #measureAll(): Promise<void> {
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    // What is asked for meanwhile is in it, too.
    for (const directory of this.#wanted) await this.#measureOne(directory);
    this.#isMeasuring = false;
  }

  async #measureOne(directory: string): Promise<void> {
    for (;;) {
      this.#measured = directory;
      const size = await this.#measure(directory, this.#end.signal).catch(() => undefined);
      // Only the end rejects.
      if (size === undefined || this.#end.signal.aborted) return;
      if (this.#measured !== directory) continue;
      this.#known.set(directory, size);
      this.#wanted.delete(directory);
      this.#onMeasured(directory);
      return;
    }
  }
}

const isIn = (directory: string, parents: readonly string[]): boolean =>
  parents.some((parent) => directory === parent || directory.startsWith(parent + sep));
