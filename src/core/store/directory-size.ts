import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { forEachLimit } from '../discovery/files/for-each-limit';

export interface DirectorySize {
  readonly bytes: number;
  /** There are more files than were counted. */
  readonly isPartial: boolean;
}

const atOnce = 4;

/**
 * What the files below a directory hold, as `bentoml list` counts: a link to a file as that file, a link to a directory
 * not at all. What cannot be seen counts nothing.
 * @param limit the number of entries after which it ends
 */
export async function directorySize(
  directory: string,
  limit = 50_000,
  signal?: AbortSignal,
): Promise<DirectorySize> {
  const directories = [directory];
  let bytes = 0;
  let entries = 0;
  await forEachLimit(directories, atOnce, async (parent) => {
    try {
      for await (const entry of await opendir(parent, { bufferSize: 256 })) {
        signal?.throwIfAborted();
        if (++entries > limit) return;
        const path = join(parent, entry.name);
        if (entry.isDirectory()) directories.push(path);
        else {
          const size = await fileSize(path);
          bytes += size;
        }
      }
    } catch {
      signal?.throwIfAborted();
    }
  });
  return { bytes, isPartial: entries > limit };
}

async function fileSize(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.size : 0;
}
