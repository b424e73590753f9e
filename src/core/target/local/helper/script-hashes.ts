import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import type { Log } from '../../../log';

/** Beside the Python files of a build: the SHA-256 of each, in hexadecimal, by its path with slashes. */
const hashesFile = 'hashes.json';

const hashes = z.record(z.string(), z.string());

/**
 * Tells in the log which Python files are not those of this build. They are run all the same: the user may have
 * changed them. The sources of the repository have no hashes, and change.
 */
export async function warnOfChangedScripts(folder: string, log: Log): Promise<void> {
  try {
    const list = await readFile(path.join(folder, hashesFile), 'utf8').catch(unlessMissing);
    if (list === undefined) {
      log.debug(`${folder} has no ${hashesFile}: its files are not compared`);
      return;
    }
    for (const file of await changedScripts(folder, hashes.parse(JSON.parse(list)))) {
      log.warn(`${path.join(folder, file)} is not the file that came with the extension.`);
    }
  } catch (error) {
    log.warn(`The Python files of the extension could not be compared: ${String(error)}`);
  }
}

/** Those that are different, missing or additional, by their paths with slashes. */
async function changedScripts(
  folder: string,
  expected: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const found = await hashesOf(folder);
  const names = new Set([...Object.keys(expected), ...found.keys()]);
  return [...names].filter((name) => found.get(name) !== expected[name]).sort();
}

/** Of all files but the list itself. Python keeps nothing there: everything of it is run with -B. */
async function hashesOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => path.relative(folder, file) !== hashesFile);
  const named = files.map(async (file): Promise<[string, string]> => {
    const hash = createHash('sha256').update(await readFile(file));
    return [path.relative(folder, file).replaceAll(path.sep, '/'), hash.digest('hex')];
  });
  return new Map(await Promise.all(named));
}

function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
