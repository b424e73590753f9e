import type { ExportedFile } from './exported-file';
import { readExport, writeExport } from './write-export';

/**
 * Writes files that belong together. A file for the user's changes is only created, never replaced.
 * @param mayReplace asks once whether existing files with different text may be replaced
 * @returns whether the files are written
 * @throws ServeError `settings`
 */
export async function writeExports(
  folder: string,
  files: readonly ExportedFile[],
  mayReplace: (present: readonly string[]) => Promise<boolean>,
): Promise<boolean> {
  const present = await Promise.all(files.map(({ path }) => readExport(folder, path)));
  const changed = files.filter(({ text, isForEdits }, index) => {
    const before = present[index];
    return before === undefined || (!isForEdits && before !== text);
  });
  const replaced = changed.filter((file) => present[files.indexOf(file)] !== undefined);
  if (replaced.length > 0 && !(await mayReplace(replaced.map(({ path }) => path)))) return false;
  for (const { path, text } of changed) await writeExport(folder, path, text);
  return true;
}
