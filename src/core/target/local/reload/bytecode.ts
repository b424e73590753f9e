import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Removes what Python compiled of these files: it compares whole seconds and the size only, so that of two saves in
 * one second the first would be run (PEP 552 tells of "racy" files).
 */
export async function forgetBytecode(files: readonly string[]): Promise<void> {
  await Promise.all(files.filter((file) => file.endsWith('.py')).map(forget));
}

async function forget(file: string): Promise<void> {
  const cache = path.join(path.dirname(file), '__pycache__');
  const own = `${path.basename(file, '.py')}.`;
  const names = await readdir(cache).catch(() => []);
  const compiled = names.filter((name) => name.startsWith(own) && name.endsWith('.pyc'));
  await Promise.all(
    compiled.map((name) => rm(path.join(cache, name), { force: true }).catch(() => undefined)),
  );
}
