import { lstat, mkdir, rm } from 'node:fs/promises';

/** Removes the bytecode of interpreters that no longer exist. The others compile theirs again once. */
const lifetimeMs = 30 * 24 * 60 * 60_000;

/**
 * Creates the folder for bytecode, which only its owner can write to. Empties it after 30 days.
 * @param now milliseconds since the epoch
 */
export async function prepareBytecodeFolder(folder: string, now: number): Promise<void> {
  const made = await lstat(folder).catch(() => undefined);
  // Not every file system records the creation time.
  if (made !== undefined && now - (made.birthtimeMs || made.ctimeMs) > lifetimeMs) {
    await rm(folder, { recursive: true, force: true });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
}
