import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../core/clock';
import { stringsOf } from '../sources/recent-bentos';

interface ServedRecord {
  readonly served: readonly string[];
  /** When it was written. Milliseconds since the epoch. */
  readonly at: number;
  /** Of the extension host. */
  readonly pid: number;
  readonly ended: boolean;
}

/** A reload takes seconds; who opens the folder another day has not asked for anything to run. */
const resumeWithinMs = 3 * 60_000;
/** VS Code gives an extension host 5 s to end, while the next one starts already. */
const endMs = 6000;
const pauseMs = 250;

export interface ServedRecordsParts {
  /** Of the folder, shared by its windows. */
  readonly directory: string;
  readonly clock: Clock;
  readonly pid: number;
  readonly isAlive: (pid: number) => boolean;
  readonly onFailure: (message: string) => void;
}

/**
 * What each window of a folder serves, in a file of its own: VS Code keeps one state for all of them, in which the
 * last one to write loses what the others wrote.
 */
export class ServedRecords {
  readonly #parts: ServedRecordsParts;
  readonly #name = `${randomUUID()}.json`;
  #written: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(parts: ServedRecordsParts) {
    this.#parts = parts;
  }

  /** What windows served that have just ended, each once. Waits for those that may be about to end. */
  async *take(): AsyncGenerator<readonly string[]> {
    const { clock } = this.#parts;
    const until = clock.now() + endMs;
    for (;;) {
      let mayEnd = false;
      for (const file of await this.#others()) {
        const found = await this.#takeOne(file);
        if (found === 'serves') mayEnd = true;
        else if (found.length > 0) yield found;
      }
      if (!mayEnd || clock.now() >= until || this.#ended) return;
      await new Promise<void>((resolve) => clock.after(pauseMs, resolve));
    }
  }

  write(served: readonly string[]): void {
    const text = this.#text(served, false);
    this.#written = this.#written.then(async () => {
      if (this.#ended) return;
      const { directory, onFailure } = this.#parts;
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        // Never read half.
        const draft = path.join(directory, `${this.#name}.new`);
        await writeFile(draft, text, { mode: 0o600 });
        await rename(draft, path.join(directory, this.#name));
      } catch (error) {
        onFailure(
          `The served bentos cannot be recorded for a reload of the window: ${String(error)}`,
        );
      }
    });
  }

  /** Resolves when all of it is written. */
  written(): Promise<void> {
    return this.#written;
  }

  /** The window ends, and these are for the next one. At once: an extension host may be ended before it could wait. */
  end(served: readonly string[]): void {
    this.#ended = true;
    const { directory } = this.#parts;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      writeFileSync(path.join(directory, this.#name), this.#text(served, true), { mode: 0o600 });
    } catch {
      // The file from before tells the same, once this process is gone.
    }
  }

  async #others(): Promise<readonly string[]> {
    const { directory } = this.#parts;
    const names = await readdir(directory).catch(() => []);
    return names
      .filter((name) => name.endsWith('.json') && name !== this.#name)
      .map((name) => path.join(directory, name));
  }

  async #takeOne(file: string): Promise<readonly string[] | 'serves'> {
    const { clock, isAlive, pid } = this.#parts;
    const text = await readFile(file, 'utf8').catch(() => '');
    const record = recordOf(text);
    const isRecent = record !== undefined && Math.abs(clock.date() - record.at) < resumeWithinMs;
    // A host before this one may have had its number: that of a restarted container starts from the same.
    const mayServe = record !== undefined && record.pid !== pid && isAlive(record.pid);
    if (isRecent && !record.ended && mayServe) return 'serves';
    try {
      // Of several windows that start, the one that can remove it has it.
      await unlink(file);
    } catch {
      return [];
    }
    return isRecent ? record.served : [];
  }

  #text(served: readonly string[], ended: boolean): string {
    const { clock, pid } = this.#parts;
    return JSON.stringify({ served, at: clock.date(), pid, ended });
  }
}

/** Nothing for what another version wrote, or nobody. */
function recordOf(text: string): ServedRecord | undefined {
  try {
    const { served, at, pid, ended } = JSON.parse(text) as Partial<Record<string, unknown>>;
    return typeof at === 'number' && Number.isInteger(pid) && Number(pid) > 0
      ? { served: stringsOf(served), at, pid: Number(pid), ended: ended === true }
      : undefined;
  } catch {
    return undefined;
  }
}
