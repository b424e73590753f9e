import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../scripts/cache.mts';

/** The folder with the debugpy that fits an interpreter, as the product would have it installed. */
export function debugpyFor(python: string): string {
  const version = execFileSync(python, ['-c', 'import sys; print(sys.version_info >= (3, 10))'], {
    encoding: 'utf8',
  });
  const pin = version.trim() === 'True' ? '1.8.22' : '1.8.21';
  const tag = execFileSync(python, ['-c', 'import sys; print("%d%d" % sys.version_info[:2])'], {
    encoding: 'utf8',
  });
  const folder = path.join(cacheFolder(), 'debugpy', `${pin}-${tag.trim()}`);
  if (!existsSync(path.join(folder, 'debugpy'))) {
    const args = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', folder];
    execFileSync(python, [...args, `debugpy==${pin}`]);
  }
  return folder;
}
