import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface KeyedFilesOptions {
  readonly directory: string;
  /** The largest number of files. The oldest ones are removed. */
  readonly limit: number;
}

/**
 * Stores values on disk for later windows, one file each. Only for values that can be recomputed: a file that cannot be
 * read or written is treated as missing.
 */
export class KeyedFiles {
  readonly #options: KeyedFilesOptions;
  /** Changes are made one after the other, so that the last one wins. */
  #written: Promise<unknown> = Promise.resolve();

  constructor(options: KeyedFilesOptions) {
    this.#options = options;
  }

  /** Returns undefined if there is no file or it is not JSON. @param key a valid file name */
  async read(key: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.#file(key), 'utf8'));
    } catch {
      return undefined;
    }
  }

  write(key: string, text: string): Promise<void> {
    return this.#inTurn(async () => {
      const { directory } = this.#options;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      // Renamed into place, so that no window reads half a file.
      const draft = `${this.#file(key)}.${String(process.pid)}`;
      await writeFile(draft, text, { mode: 0o600 });
      await rename(draft, this.#file(key));
      await this.#removeOldest();
    });
  }

  remove(key: string): Promise<void> {
    return this.#inTurn(() => rm(this.#file(key), { force: true }));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#written.then(work).catch(() => undefined);
    this.#written = done;
    return done;
  }

  async #removeOldest(): Promise<void> {
    const { directory, limit } = this.#options;
    const names = await readdir(directory);
    if (names.length <= limit) return;
    const files = await Promise.all(
      names.map(async (name) => {
        const file = path.join(directory, name);
        return { file, written: (await stat(file)).mtimeMs };
      }),
    );
    const oldest = files.sort((a, b) => b.written - a.written).slice(limit);
    await Promise.all(oldest.map(({ file }) => rm(file, { force: true })));
  }

  #file(key: string): string {
    return path.join(this.#options.directory, `${key}.json`);
  }
}
