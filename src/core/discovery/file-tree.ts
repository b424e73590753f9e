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

export const nodeFileTree: FileTree = {
  async list(directory) {
    const entries: FileTreeEntry[] = [];
    for await (const entry of await opendir(directory, { bufferSize: 256 })) {
      entries.push({ name: entry.name, kind: kindOf(entry) });
    }
    return entries;
  },

  async read(path, limit) {
    // Asked first: opening a named pipe would wait for its writer.
    const { size } = await regularFile(path);
    if (size === undefined || size > limit) return undefined;
    const file = await open(path, 'r');
    try {
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

async function regularFile(path: string): Promise<{ size?: number }> {
  const found = await stat(path);
  return found.isFile() ? { size: found.size } : {};
}

function kindOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}): FileKind {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'directory';
  return entry.isSymbolicLink() ? 'link' : 'other';
}
