import { constants } from 'node:fs';
import { open, opendir, realpath, stat } from 'node:fs/promises';

export type FileKind = 'file' | 'directory' | 'link' | 'other';

export interface FileTreeEntry {
  readonly name: string;
  readonly kind: FileKind;
}

/** What discovery asks of the file system; paths are absolute. All but `kind` reject where the system refuses. */
export interface FileTree {
  list(directory: string): Promise<readonly FileTreeEntry[]>;
  /** The content of a regular file; nothing when it is another thing or larger than `limit` bytes. */
  read(path: string, limit: number): Promise<Buffer | undefined>;
  /** Through links; nothing when there is no such path or it cannot be seen. */
  kind(path: string): Promise<'file' | 'directory' | undefined>;
  /** Milliseconds since the epoch. */
  modified(path: string): Promise<number>;
  realPath(path: string): Promise<string>;
}

/** Windows has no such flag. */
const nonBlocking = (constants.O_NONBLOCK as number | undefined) ?? 0;

export const nodeFileTree: FileTree = {
  async list(directory) {
    const entries: FileTreeEntry[] = [];
    for await (const entry of await opendir(directory, { bufferSize: 256 })) {
      entries.push({ name: entry.name, kind: kindOf(entry) });
    }
    return entries;
  },

  async read(path, limit) {
    // Before it is opened, since to open a device can do something.
    if (!(await stat(path)).isFile()) return undefined;
    // Should a named pipe have taken its place, nobody waits for its writer.
    const file = await open(path, constants.O_RDONLY | nonBlocking);
    try {
      const opened = await file.stat();
      const { size } = opened;
      if (!opened.isFile() || size > limit) return undefined;
      // Never more than was asked for, also when the file grows meanwhile.
      const buffer = Buffer.allocUnsafe(size);
      let length = 0;
      while (length < size) {
        const { bytesRead } = await file.read(buffer, length, size - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return buffer.subarray(0, length);
    } finally {
      await file.close();
    }
  },

  async kind(path) {
    try {
      const found = await stat(path);
      if (found.isDirectory()) return 'directory';
      return found.isFile() ? 'file' : undefined;
    } catch {
      return undefined;
    }
  },

  modified: async (path) => (await stat(path)).mtimeMs,

  realPath: (path) => realpath(path),
};

function kindOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): FileKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
