import type { FileTree } from './file-tree';
import { isWithin } from './relative-path';

/**
 * A file tree of which only what really lies in `folder` can be seen: a link that leads out of it, also by a directory
 * on the way, is as if it were not there. For folders that nobody trusts.
 */
export function confinedFileTree(files: FileTree, folder: string): FileTree {
  let root: Promise<string> | undefined;
  const isInside = async (path: string): Promise<boolean> => {
    try {
      root ??= files.realPath(folder);
      return isWithin(await root, await files.realPath(path));
    } catch {
      return false;
    }
  };
  return {
    list: async (directory) => ((await isInside(directory)) ? files.list(directory) : []),
    read: async (path, limit) => ((await isInside(path)) ? files.read(path, limit) : undefined),
    kind: async (path) => ((await isInside(path)) ? files.kind(path) : undefined),
    modified: (path) => files.modified(path),
    realPath: (path) => files.realPath(path),
  };
}
