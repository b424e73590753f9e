import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';

export interface LogLimits {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  readonly maxFiles: number;
}

/** 30 days, 500 MB, 300 files. */
export const defaultLimits: LogLimits = {
  maxAgeMs: 30 * 24 * 60 * 60 * 1000,
  maxBytes: 500_000_000,
  maxFiles: 300,
};

/** Removes what nobody has written for long, then the oldest until the rest is within the limits. `now`: a date in ms. */
export async function removeOldLogs(
  directory: string,
  now: number,
  limits: LogLimits = defaultLimits,
): Promise<void> {
  const names = await readdir(directory).catch(() => []);
  const files = (await Promise.all(names.filter(isLog).map((name) => aged(directory, name))))
    .flat()
    .sort((a, b) => b.mtimeMs - a.mtimeMs);
  let bytes = 0;
  const old = files.filter(({ size, mtimeMs }, index) => {
    bytes += size;
    return now - mtimeMs > limits.maxAgeMs || bytes > limits.maxBytes || index >= limits.maxFiles;
  });
  await Promise.all(old.map(({ file }) => rm(file, { force: true })));
}

const isLog = (name: string): boolean => name.endsWith('.log');

/** Another window may be removing it as well. */
async function aged(
  directory: string,
  name: string,
): Promise<readonly { file: string; size: number; mtimeMs: number }[]> {
  const file = path.join(directory, name);
  try {
    const { size, mtimeMs } = await stat(file);
    return [{ file, size, mtimeMs }];
  } catch {
    return [];
  }
}
