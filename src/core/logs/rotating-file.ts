import { constants } from 'node:fs';
import { chmod, mkdir, open, rename, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

const appending =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  // No such thing on Windows.
  ((constants.O_NOFOLLOW as number | undefined) ?? 0);

/** Some of the bytes could not be written. */
export class AppendError extends Error {
  override readonly name = 'AppendError';
  readonly rest: Buffer;

  constructor(cause: unknown, rest: Buffer) {
    super(`could not append: ${String(cause)}`, { cause });
    this.rest = rest;
  }
}

/**
 * A file in pieces: `x.log` is written, `x.1.log` and so on are older. It is opened each time, so that it may be moved or
 * removed by others, and goes on where it ended. Only its owner can read it.
 */
export class RotatingFile {
  readonly path: string;
  readonly #maxBytes: number;
  readonly #pieces: number;

  /** `path` ends in `.log`; `maxBytes` of each piece; at least 2 pieces are kept. */
  constructor(file: string, maxBytes: number, pieces: number) {
    this.path = file;
    this.#maxBytes = maxBytes;
    this.#pieces = pieces;
  }

  /** Whole lines, none of which is cut by the end of a piece. @throws AppendError */
  async append(lines: Buffer): Promise<void> {
    let rest = lines;
    try {
      while (rest.length > 0) {
        const { written, inode } = await this.#fill(rest);
        rest = rest.subarray(written);
        if (rest.length > 0) await this.#rotate(inode);
      }
    } catch (error) {
      throw new AppendError(error, rest);
    }
  }

  async #fill(lines: Buffer): Promise<{ written: number; inode: number }> {
    const file = await this.#open();
    try {
      const { size, ino: inode } = await file.stat();
      const written = fitting(lines, this.#maxBytes - size, size === 0);
      await writeFully(file, lines.subarray(0, written), size);
      return { written, inode };
    } finally {
      await file.close();
    }
  }

  async #open(): Promise<FileHandle> {
    try {
      return await open(this.path, appending, 0o600);
    } catch (error) {
      unlessMissing(error);
    }
    const directory = path.dirname(this.path);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
    return open(this.path, appending, 0o600);
  }

  async #rotate(inode: number): Promise<void> {
    // Another window that serves the same may have done it.
    if ((await stat(this.path)).ino !== inode) return;
    for (let number = this.#pieces - 1; number > 0; number--) {
      await rename(this.#piece(number - 1), this.#piece(number)).catch(unlessMissing);
    }
  }

  #piece(number: number): string {
    return number === 0 ? this.path : this.path.replace(/\.log$/, `.${number}.log`);
  }
}

/** The number of bytes that fit: whole lines, and at least one into an empty file. */
function fitting(lines: Buffer, room: number, isEmpty: boolean): number {
  if (lines.length <= room) return lines.length;
  const end = room <= 0 ? 0 : lines.lastIndexOf(10, room - 1) + 1;
  return end === 0 && isEmpty ? lines.indexOf(10) + 1 : end;
}

async function writeFully(file: FileHandle, bytes: Buffer, size: number): Promise<void> {
  try {
    for (let done = 0; done < bytes.length;) {
      done += (await file.write(bytes, done)).bytesWritten;
    }
  } catch (error) {
    // No half line stays, which the next one would go on in.
    await file.truncate(size).catch(() => undefined);
    throw error;
  }
}

function unlessMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
