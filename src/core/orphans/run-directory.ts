import { lstat, rm } from 'node:fs/promises';
import path from 'node:path';

/** As `mkdtemp` completes it. */
export const runDirectoryPrefix = 'serve-bento-';
const ourName = new RegExp(`^${runDirectoryPrefix}[A-Za-z0-9]{6}$`);

/** Removes a run directory, and nothing else that a file may name: it is a private folder of this user with our name. */
export async function removeRunDirectory(directory: string): Promise<void> {
  if (!path.isAbsolute(directory) || !ourName.test(path.basename(directory))) return;
  if (await isPrivateFolder(directory)) await rm(directory, { recursive: true, force: true });
}

/** A real folder of this user that nobody else may enter. */
export async function isPrivateFolder(directory: string): Promise<boolean> {
  try {
    const facts = await lstat(directory);
    if (!facts.isDirectory()) return false;
    if (process.geteuid === undefined) return true;
    return facts.uid === process.geteuid() && (facts.mode & 0o077) === 0;
  } catch {
    return false;
  }
}
