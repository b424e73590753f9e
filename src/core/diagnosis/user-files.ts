import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** A file that people have written themselves and may correct. */
export interface UserFile {
  /** Absolute, in the folder as it was given. */
  readonly path: string;
  /** As people call it: relative to the folder it is in. */
  readonly shown: string;
}

/** Tells the files of the user from those of Python and its packages. */
export interface UserFiles {
  readonly find: (file: string) => UserFile | undefined;
  /** The user's file that is found first when `name` is imported. */
  readonly module: (name: string) => UserFile | undefined;
}

/** Environments live inside of projects, too. */
const notTheUsers =
  /(?:^|[\\/])(?:site-packages|dist-packages|node_modules|\.venv|venv|[Ll]ib[\\/]python\d[^\\/]*)[\\/]/;

/** `roots`: the folders of the bento, the one it is started in first. A traceback may name any file: links are followed. */
export function userFiles(roots: readonly string[]): UserFiles {
  const find = (file: string): UserFile | undefined => {
    const [first = ''] = roots;
    const given = path.resolve(first, file);
    // Only what is there can be opened; `<frozen importlib>` is not.
    const real = realPath(given);
    if (real === undefined) return undefined;
    for (const root of roots) {
      const shown = path.relative(realPath(root) ?? root, real);
      const isInside = shown !== '' && !shown.startsWith('..') && !path.isAbsolute(shown);
      if (isInside && !notTheUsers.test(shown)) return { path: path.join(root, shown), shown };
    }
    return undefined;
  };
  const module = (name: string): UserFile | undefined => {
    const [root = ''] = roots;
    const places = [path.join(root, `${name}.py`), path.join(root, name, '__init__.py')];
    const found = places.find((place) => existsSync(place));
    return found === undefined ? undefined : find(found);
  };
  return { find, module };
}

function realPath(file: string): string | undefined {
  try {
    return realpathSync.native(file);
  } catch {
    return undefined;
  }
}
