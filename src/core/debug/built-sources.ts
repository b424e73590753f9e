import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { readSmallFile } from '../read-small-file';

/** Files below `localRoot` in the editor are those below `remoteRoot` in the worker, as debugpy's `pathMappings` say. */
export interface PathMapping {
  readonly localRoot: string;
  readonly remoteRoot: string;
}

/** More than any service has; more would take long to compare. */
const mostFiles = 2_000;

/** The folder of a built bento with its copies of the sources. */
export const builtFolder = (directory: string): string => path.join(directory, 'src');

/**
 * Finds the sources of a built bento: the first folder in which each Python file of the bento has the same content.
 * @param built see `builtFolder`
 * @returns nothing if there is none, or if the files cannot be compared
 */
export async function mappingOfBuilt(
  built: string,
  folders: readonly string[],
): Promise<readonly PathMapping[]> {
  try {
    const files = await pythonFiles(built);
    for (const localRoot of folders) {
      if (files.length === 0 || files.length > mostFiles) break;
      if (!(await hasSame(files, built, localRoot))) continue;
      // Python may know the files by either path.
      const roots = new Set([built, await realpath(built)]);
      return [...roots].map((remoteRoot) => ({ localRoot, remoteRoot }));
    }
  } catch {
    // The copies can be debugged all the same.
  }
  return [];
}

async function pythonFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith('.py'));
}

async function hasSame(names: readonly string[], one: string, other: string): Promise<boolean> {
  for (const name of names) {
    const content = await readSmallFile(path.join(one, name));
    const same = await readSmallFile(path.join(other, name)).catch(() => undefined);
    if (same === undefined || !content.equals(same)) return false;
  }
  return true;
}
