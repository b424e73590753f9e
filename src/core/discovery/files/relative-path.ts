import * as nodePath from 'node:path';

/** The part of `node:path` needed, so that tests can ask how it is on Windows. */
type PathRules = Pick<typeof nodePath, 'relative' | 'isAbsolute' | 'sep'>;

/** The path from `folder` with slashes on every system, as ids and globs have it. */
export function posixRelative(folder: string, path: string, rules: PathRules = nodePath): string {
  return rules.relative(folder, path).split(rules.sep).join('/');
}

/** Whether `path` is `root` or lies in it. */
export function isWithin(root: string, path: string, rules: PathRules = nodePath): boolean {
  const way = rules.relative(root, path);
  // Absolute: on another drive.
  return way !== '..' && !way.startsWith(`..${rules.sep}`) && !rules.isAbsolute(way);
}
