import type { Clock } from '../clock';
import { countLines } from './count-lines';
import { RecordQueue } from './record-queue';
import { say, type Argument } from '../messages/message';
import { reasonOf } from '../system-error';
import { AppendError, RotatingFile } from './rotating-file';

export interface LogFileOptions {
  /** Ends in `.log`; older pieces are `….1.log`, `….2.log` beside it. Its directory is made when it is missing. */
  readonly path: string;
  readonly clock: Clock;
  /** Of each piece. Default: 10 MB. */
  readonly maxBytes?: number;
  /** How many pieces are kept, at least 2. Default: 3. */
  readonly pieces?: number;
  /** It cannot be written: said once, until it can be written again. */
  readonly onStop: (reason: Argument) => void;
  readonly onResume: () => void;
  /** The record that stands in the file for lines that are missing. */
  readonly gap: (missingLines: number) => string;
}

const defaultBytes = 10_000_000;
const defaultPieces = 3;
/** With more than this waiting, whoever writes should wait. */
const fullBytes = 4_000_000;
/** A disk that takes longer for one batch, of 1 MB at most, does not answer. */
const stallMs = 5_000;
const retryMs = 30_000;
/**
 * Each batch opens and closes the file. Without pauses, a server that logs each request would need more CPU time for its
 * log than for its answers.
 */
const pauseMs = 250;
/** With more than this in the queue, the pause ends early. */
const pauseBytes = 262_144;

/** Appends records in order and in batches, never synchronously; a disk that fails costs lines of the log, no more. */
export class LogFile {
  readonly #options: LogFileOptions;
  readonly #file: RotatingFile;
  readonly #queue = new RecordQueue();
  #writing: Promise<void> | undefined;
  /** Present while it cannot be written. */
  #stopped: { retryAt: number; missingLines: number } | undefined;
  #full: PromiseWithResolvers<void> | undefined;
  /** Ends the pause after a batch. */
  #endPause: (() => void) | undefined;
  /** The number of callers that wait for a flush. Meanwhile there are no pauses. */
  #flushes = 0;

  constructor(options: LogFileOptions) {
    const { path, maxBytes = defaultBytes, pieces = defaultPieces } = options;
    this.#options = options;
    this.#file = new RotatingFile(path, maxBytes, pieces);
  }

  get path(): string {
    return this.#file.path;
  }

  /** `records`: whole lines, all together. */
  write(...records: readonly string[]): void {
    if (records.every((record) => record === '')) return;
    if (this.#stopped !== undefined && !this.#mayRetry(this.#stopped.retryAt)) {
      this.#stopped.missingLines += records.reduce((n, record) => n + countLines(record), 0);
      return;
    }
    for (const record of records) this.#queue.add(record);
    if (this.#queue.length > fullBytes) this.#full ??= Promise.withResolvers();
    if (this.#queue.length > pauseBytes) this.#endPause?.();
    this.#writing ??= this.#writeAll();
  }

  /** Present while too much waits: resolves when some of it is written, or all of it given up, after at most 5 s. */
  get drained(): Promise<void> | undefined {
    return this.#full?.promise;
  }

  /** Resolves when all of it is written or given up. */
  async flushed(): Promise<void> {
    this.#flushes++;
    this.#endPause?.();
    while (this.#writing !== undefined) await this.#writing;
    this.#flushes--;
  }

  #mayRetry(retryAt: number): boolean {
    return this.#writing === undefined && this.#options.clock.now() >= retryAt;
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#writeBatch();
      if (this.#queue.length <= fullBytes) this.#drain();
      if (this.#queue.length <= pauseBytes) await this.#pause();
    }
    this.#queue.rest();
    this.#writing = undefined;
  }

  /** Collects records for the next batch. The first record after a quiet time is written immediately. */
  async #pause(): Promise<void> {
    if (this.#flushes > 0 || this.#stopped !== undefined) return;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#endPause = () => resolve(undefined);
    const timer = this.#options.clock.after(pauseMs, this.#endPause);
    await promise;
    timer.dispose();
    this.#endPause = undefined;
  }

  async #writeBatch(): Promise<void> {
    const noted = this.#stopped?.missingLines ?? 0;
    if (noted > 0) this.#queue.addFirst(this.#options.gap(noted));
    const batch = this.#queue.take();
    const stall = this.#options.clock.after(stallMs, () => this.#stop(say('driveSilent')));
    try {
      await this.#file.append(batch);
      this.#written(noted);
    } catch (error) {
      const rest = error instanceof AppendError ? error.rest : batch;
      const isNoteLeft = noted > 0 && rest.length === batch.length;
      const lines = countLines(rest) - (isNoteLeft ? 1 : 0);
      this.#stop(reasonOf(error instanceof AppendError ? error.cause : error), lines);
    } finally {
      stall.dispose();
    }
  }

  /** What waits is given up: nothing may grow, or wait, because of a log. */
  #stop(reason: Argument, lines = 0): void {
    const missingLines = (this.#stopped?.missingLines ?? 0) + lines + this.#queue.clear();
    const isNew = this.#stopped === undefined;
    this.#stopped = { retryAt: this.#options.clock.now() + retryMs, missingLines };
    this.#drain();
    if (isNew) this.#options.onStop(reason);
  }

  #written(noted: number): void {
    if (this.#stopped === undefined) return;
    this.#stopped.missingLines -= noted;
    // It answers after all: the next records tell what was given up meanwhile.
    this.#stopped.retryAt = 0;
    if (this.#stopped.missingLines > 0) return;
    this.#stopped = undefined;
    this.#options.onResume();
  }

  #drain(): void {
    this.#full?.resolve();
    this.#full = undefined;
  }
}
