import { createHash } from 'node:crypto';
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';

/** By content: what is saved as it was, or told of twice, is no change. */
export class ChangedFiles {
  readonly #digests = new Map<string, string>();

  /**
   * What the files hold that are in use.
   * @param since milliseconds since the epoch: what is younger may not be what was read.
   */
  async learn(files: readonly string[], since: number): Promise<void> {
    for (const file of files) {
      if (this.#digests.has(file)) continue;
      const before = await stat(file).catch(() => undefined);
      if (before !== undefined && before.mtimeMs < since) {
        this.#digests.set(file, await contentOf(file));
      }
    }
  }

  /** Those whose content is another one than last time; by their real paths. */
  async among(paths: Iterable<string>): Promise<readonly string[]> {
    const changed: string[] = [];
    for (const one of paths) {
      const file = await realPath(one);
      const now = await contentOf(file);
      if (this.#digests.get(file) === now) continue;
      this.#digests.set(file, now);
      changed.push(file);
    }
    return changed;
  }
}

/** Also of a file that is gone. */
export async function realPath(file: string): Promise<string> {
  try {
    return path.join(await realpath(path.dirname(file)), path.basename(file));
  } catch {
    return file;
  }
}

async function contentOf(file: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch {
    return 'not there';
  }
}
