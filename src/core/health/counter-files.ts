import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { isAlive } from '../programs/is-alive';
import { readCounters, type Counter } from './counter-file';

/** Matches the files with counters: each worker has one. */
const fileName = /^counter_(\d+)\.db$/;
/** The number of bytes. A larger file, from requests for very many paths, is not read. */
const largestFile = 4 * 1024 * 1024;

/** How old a reading may be. Times are milliseconds of one clock. */
export interface ReadingAge {
  readonly now: number;
  readonly maxAgeMs: number;
}

interface Known {
  readonly counters: readonly Counter[];
  /** Whether its worker had already ended, so that it does not change any more. */
  readonly isLast: boolean;
}

/**
 * The counters that BentoML's workers keep for `/metrics`, read where they map them into memory, so that no worker is
 * asked. All components of a bento may share a directory: they share the reading, too.
 */
export class CounterFiles {
  readonly #directory: string;
  /** The last counters of each file, by its name. */
  readonly #known = new Map<string, Known>();
  #reading: { readonly at: number; readonly counters: Promise<readonly Counter[]> } | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Rejects when they cannot be read. */
  read({ now, maxAgeMs }: ReadingAge): Promise<readonly Counter[]> {
    if (this.#reading === undefined || now - this.#reading.at >= maxAgeMs) {
      this.#reading = { at: now, counters: this.#read() };
    }
    return this.#reading.counters;
  }

  async #read(): Promise<readonly Counter[]> {
    const names = await this.#files();
    for (const known of this.#known.keys()) if (!names.includes(known)) this.#known.delete(known);
    const all: Counter[] = [];
    for (const name of names) all.push(...(await this.#countersIn(name)));
    return all;
  }

  /** The directory may not exist before a worker has counted a request. */
  async #files(): Promise<readonly string[]> {
    try {
      return (await readdir(this.#directory)).filter((name) => fileName.test(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  async #countersIn(name: string): Promise<readonly Counter[]> {
    const known = this.#known.get(name);
    const isLast = !isAlive(Number(fileName.exec(name)?.[1]));
    // The counters of a worker that has ended do not change any more.
    if (isLast && known?.isLast === true) return known.counters;
    const counters = readCounters(await usedPart(path.join(this.#directory, name)));
    // The file is being written.
    if (counters === undefined) return known?.counters ?? [];
    this.#known.set(name, { counters, isLast });
    return counters;
  }
}

/** Reads the part of a file that is in use: the files are larger than that. */
async function usedPart(file: string): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const header = Buffer.alloc(4);
    const { bytesRead } = await handle.read(header, 0, 4, 0);
    const used = bytesRead < 4 ? 0 : header.readInt32LE(0);
    const part = Buffer.alloc(used > 0 && used <= largestFile ? used : 0);
    const { bytesRead: got } = await handle.read(part, 0, part.length, 0);
    return part.subarray(0, got);
  } finally {
    await handle.close();
  }
}
