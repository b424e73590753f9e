import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Writes what the extension compares its Python files with before it runs them: see `script-hashes.ts`. */
export async function writePythonHashes(folder: string): Promise<void> {
  const hashes: Record<string, string> = {};
  for (const file of (await readdir(folder, { recursive: true })).sort()) {
    if (!file.endsWith('.py')) continue;
    const content = await readFile(path.join(folder, file));
    const name = file.replaceAll(path.sep, '/');
    hashes[name] = createHash('sha256').update(content).digest('hex');
  }
  const text = `${JSON.stringify(hashes, undefined, 2)}\n`;
  await writeFile(path.join(folder, 'hashes.json'), text);
}
