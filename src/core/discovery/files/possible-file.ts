import { basename, join } from 'node:path';
import type { FileTree } from './file-tree';
import { posixRelative } from './relative-path';

/** What Python imports, besides sources. */
const importable = /^(?:\.[^/]*)?\.(?:py|pyc|pyd|so)$/;

/**
 * Whether a Python file below `root` can be there for Python although its source cannot be read here: too large,
 * compiled, behind a link that is not followed, in a directory that cannot be listed. `isExact`: only under this name.
 */
export async function mayExist(
  file: string,
  root: string,
  isExact: boolean,
  files: FileTree,
): Promise<boolean> {
  const parts = posixRelative(root, file).split('/');
  let directory = root;
  for (const [index, part] of parts.entries()) {
    const entries = await files.list(directory).catch(() => undefined);
    if (entries === undefined) return true;
    if (index === parts.length - 1) {
      const stem = basename(part, '.py');
      return entries.some(
        ({ name }) =>
          name === part ||
          (!isExact && name.startsWith(stem) && importable.test(name.slice(stem.length))),
      );
    }
    const entry = entries.find(({ name }) => name === part);
    directory = join(directory, part);
    if (entry === undefined || entry.kind === 'file') return false;
    if (entry.kind === 'link' && (await files.kind(directory)) === undefined) return true;
  }
  return false;
}
