import { constants } from 'node:fs';
import { chmod, mkdir, open, rename, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../clock';
import { countLines } from './count-lines';
import { writeFailure } from './write-failure';

export interface LogFileOptions {
  /** Ends in `.log`; the older pieces are `….1.log`, `….2.log`. Its directory is made when it is missing. */
  readonly path: string;
  readonly clock: Clock;
  /** Of each piece. Default: 10 MB. */
  readonly maxBytes?: number;
  /** How many pieces are kept, at least 2. Default: 3. */
  readonly pieces?: number;
  /** It cannot be written: said once, until it can be written again. */
  readonly onStop: (reason: string) => void;
  readonly onResume: () => void;
  /** The record that stands in the file for lines that are missing. */
  readonly gap: (missingLines: number) => string;
}

const defaultBytes = 10_000_000;
const defaultPieces = 3;
/** UTF-16 units: with more than this waiting, whoever writes should wait. */
const fullLength = 4_000_000;
const batchLength = 500_000;
/** A disk that takes longer for one batch does not answer. */
const stallMs = 5_000;
const retryMs = 30_000;

const appending =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  // No such thing on Windows.
  ((constants.O_NOFOLLOW as number | undefined) ?? 0);

/**
 * A file that records are appended to: in order, in batches, never synchronously. It is opened for each batch, so that
 * it may be moved or removed at any time, and so that after a reload it goes on where it ended.
 */
export class LogFile {
  readonly path: string;
  readonly #options: LogFileOptions;
  readonly #maxBytes: number;
  #waiting: string[] = [];
  #length = 0;
  #writing: Promise<void> | undefined;
  /** Present while it cannot be written. */
  #stopped: { retryAt: number; missingLines: number } | undefined;
  #full: { readonly drained: Promise<void>; readonly drain: () => void } | undefined;

  constructor(options: LogFileOptions) {
    this.path = options.path;
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? defaultBytes;
  }

  /** `records`: whole lines. */
  write(records: string): void {
    if (records === '') return;
    if (this.#stopped !== undefined && !this.#mayRetry(this.#stopped.retryAt)) {
      this.#stopped.missingLines += countLines(records);
      return;
    }
    this.#waiting.push(records);
    this.#length += records.length;
    if (this.#length > fullLength) this.#full ??= signal();
    this.#writing ??= this.#writeAll();
  }

  /** Present while too much waits: resolves when some of it is written, or all of it given up, after at most 5 s. */
  get drained(): Promise<void> | undefined {
    return this.#full?.drained;
  }

  /** Resolves when all of it is written or given up. */
  async flushed(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  #mayRetry(retryAt: number): boolean {
    return this.#writing === undefined && this.#options.clock.now() >= retryAt;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const note = this.#stopped === undefined ? '' : this.#options.gap(this.#stopped.missingLines);
      const batch = { rest: Buffer.from(note + this.#nextBatch()) };
      const { length } = batch.rest;
      const stall = this.#options.clock.after(stallMs, () =>
        this.#stop('the disk does not answer', 0),
      );
      try {
        await this.#append(batch);
        this.#written(note !== '');
      } catch (error) {
        const isNoteLeft = note !== '' && batch.rest.length === length;
        this.#stop(
          writeFailure(error),
          countLines(batch.rest.toString()) - (isNoteLeft ? 1 : 0),
        );
      } finally {
        stall.dispose();
      }
      if (this.#length <= fullLength) this.#drain();
    }
    this.#writing = undefined;
  }

  #nextBatch(): string {
    let length = 0;
    let count = 0;
    while (count < this.#waiting.length && length < batchLength) {
      length += this.#waiting[count++]?.length ?? 0;
    }
    this.#length -= length;
    return this.#waiting.splice(0, count).join('');
  }

  /** Fills the file to its limit, then goes on in a new one; a record is never cut. */
  async #append(batch: { rest: Buffer }): Promise<void> {
    while (batch.rest.length > 0) {
      const file = await this.#open();
      let inode: number;
      try {
        const { size, ino } = await file.stat();
        inode = ino;
        const part = batch.rest.subarray(
          0,
          fitting(batch.rest, this.#maxBytes - size, size === 0),
        );
        await writeFully(file, part, size);
        batch.rest = batch.rest.subarray(part.length);
      } finally {
        await file.close();
      }
      if (batch.rest.length > 0) await this.#rotate(inode);
    }
  }

  async #open(): Promise<FileHandle> {
    try {
      return await open(this.path, appending, 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    const directory = path.dirname(this.path);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
    return open(this.path, appending, 0o600);
  }

  async #rotate(inode: number): Promise<void> {
    // Another window that serves the same may have done it.
    if ((await stat(this.path)).ino !== inode) return;
    for (let number = (this.#options.pieces ?? defaultPieces) - 1; number > 0; number--) {
      await rename(this.#piece(number - 1), this.#piece(number)).catch(unlessMissing);
    }
  }

  #piece(number: number): string {
    return number === 0 ? this.path : this.path.replace(/\.log$/, `.${number}.log`);
  }

  /** What waits is given up: nothing may grow, or wait, because of a log. */
  #stop(reason: string, lines: number): void {
    const given = this.#waiting.splice(0);
    this.#length = 0;
    const missingLines =
      (this.#stopped?.missingLines ?? 0) + lines + given.reduce((n, one) => n + countLines(one), 0);
    const isNew = this.#stopped === undefined;
    this.#stopped = { retryAt: this.#options.clock.now() + retryMs, missingLines };
    this.#drain();
    if (isNew) this.#options.onStop(reason);
  }

  #written(withNote: boolean): void {
    if (this.#stopped === undefined) return;
    if (withNote) {
      this.#stopped = undefined;
      this.#options.onResume();
    } else {
      // The disk answers after all: the next records tell of the gap.
      this.#stopped.retryAt = 0;
    }
  }

  #drain(): void {
    this.#full?.drain();
    this.#full = undefined;
  }
}

/** The number of bytes to write into what is left of a file: whole records, and at least one into an empty file. */
function fitting(bytes: Buffer, room: number, isEmpty: boolean): number {
  if (bytes.length <= room) return bytes.length;
  const end = room <= 0 ? 0 : bytes.lastIndexOf(10, room - 1) + 1;
  return end === 0 && isEmpty ? bytes.indexOf(10) + 1 : end;
}

async function writeFully(file: FileHandle, bytes: Buffer, size: number): Promise<void> {
  try {
    for (let done = 0; done < bytes.length; ) {
      done += (await file.write(bytes, done)).bytesWritten;
    }
  } catch (error) {
    // No half record stays, which the next one would go on in.
    await file.truncate(size).catch(() => undefined);
    throw error;
  }
}

function unlessMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function signal(): { drained: Promise<void>; drain: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { drained: promise, drain: resolve };
}
