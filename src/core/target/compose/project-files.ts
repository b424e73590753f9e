import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes the files of a project into its folder, which only this user may enter. */
export async function writeProjectFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  // Files of an earlier plan must not affect this one.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(folder, name), text, { mode: 0o600 });
  }
}

/**
 * Removes the files of a project that does not run any more: they contain values of variables. The folder stays,
 * because commands of other windows run in it. Never rejects.
 */
export async function removeProjectFiles(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.allSettled(names.map((name) => rm(path.join(folder, name), { force: true })));
}
