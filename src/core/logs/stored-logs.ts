import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseLogName, type LogNameParts } from './log-name';

/** A log file on disk, whoever wrote it and when. */
export interface StoredLog extends LogNameParts {
  /** An absolute path. */
  readonly file: string;
  readonly bytes: number;
  /** When it was written last, milliseconds since the epoch. */
  readonly modified: number;
}

/** The log files of a directory, the one written last first. */
export async function storedLogs(directory: string): Promise<readonly StoredLog[]> {
  const names = await readdir(directory).catch(() => []);
  const logs = await Promise.all(names.map((name) => storedLog(directory, name)));
  return logs
    .filter((log) => log !== undefined)
    .sort((a, b) => b.modified - a.modified || a.piece - b.piece);
}

async function storedLog(directory: string, name: string): Promise<StoredLog | undefined> {
  const parts = parseLogName(name);
  if (parts === undefined) return undefined;
  const file = path.join(directory, name);
  try {
    const found = await lstat(file);
    if (!found.isFile() || found.size === 0) return undefined;
    return { ...parts, file, bytes: found.size, modified: found.mtimeMs };
  } catch {
    // Another window may have removed it.
    return undefined;
  }
}
