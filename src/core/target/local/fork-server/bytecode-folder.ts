import { lstat, mkdir, rm } from 'node:fs/promises';

/** Bytecode of interpreters that are gone goes with it; that of the others is compiled again once. */
const lifetimeMs = 30 * 24 * 60 * 60_000;

/**
 * Makes the folder for bytecode, which only its owner can write to. One that is older than 30 days is emptied: it may have
 * much of environments that do not exist any more.
 *
 * @param now Milliseconds since the epoch.
 */
export async function prepareBytecodeFolder(folder: string, now: number): Promise<void> {
  const made = await lstat(folder).catch(() => undefined);
  // Not every file system knows when a folder was made.
  if (made !== undefined && now - (made.birthtimeMs || made.ctimeMs) > lifetimeMs) {
    await rm(folder, { recursive: true, force: true });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
}
