import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { output } from '../../../scripts/run-program.mts';

/** Installs npm packages into a folder of their own, without running their install scripts. */
export async function installPackages(folder: string, packages: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'package.json'), '{"private":true}');
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await output('npm', ['install', ...flags, ...packages], { cwd: folder });
}
