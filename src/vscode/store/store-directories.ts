import { dirname } from 'node:path';

/** The directories in which a store's bentos or models come and go. `versions`: the directory of each. */
export const storeDirectories = (root: string, versions: readonly string[]): readonly string[] =>
  [...new Set([root, ...versions.map((version) => dirname(version))])].slice(0, 50);
