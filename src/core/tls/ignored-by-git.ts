import { readExport, writeExport } from '../export/write-export';

/** Adds the files of a folder to its `.gitignore`, so that no key is committed. @throws ServeError `settings` */
export async function ignoreInGit(folder: string, names: readonly string[]): Promise<void> {
  const present = (await readExport(folder, '.gitignore')) ?? '';
  const lines = present.split(/\r?\n/);
  const missing = names.map((name) => `/${name}`).filter((line) => !lines.includes(line));
  if (missing.length === 0) return;
  const separator = present === '' || present.endsWith('\n') ? '' : '\n';
  await writeExport(folder, '.gitignore', `${present}${separator}${missing.join('\n')}\n`);
}
