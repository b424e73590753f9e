import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DiscoveredBento } from '../../discovery/discovered-bento';
import type { ServedComponent } from '../served-components';

/** Files that say how a bento is served, whatever imports them. */
const buildFiles = ['bentofile.yaml', 'bentofile.yml', 'pyproject.toml'];

/** The files that a component's workers have imported, by their real paths; nothing when that is not known. */
export async function importedFiles({
  component,
}: ServedComponent): Promise<readonly string[] | undefined> {
  const { imports } = component.workers;
  if (imports.length === 0) return undefined;
  const lists = await Promise.all(imports.map(linesOf));
  return lists.some((list) => list === undefined)
    ? undefined
    : [...new Set(lists.flatMap((list) => list ?? []))];
}

/** Those of the files that a component uses, none of one that runs elsewhere; where that is not known, every Python file beside it. */
export async function usedAmong(
  files: readonly string[],
  bento: Pick<DiscoveredBento, 'workingDir'>,
  served: ServedComponent,
): Promise<readonly string[]> {
  if (served.component.planned.remote !== undefined) return [];
  const imported = await importedFiles(served);
  return files.filter((file) => {
    if (isBuildFile(file, bento)) return true;
    return imported === undefined
      ? file.endsWith('.py') && isBelow(bento.workingDir, file)
      : imported.includes(file);
  });
}

const isBuildFile = (file: string, { workingDir }: Pick<DiscoveredBento, 'workingDir'>): boolean =>
  buildFiles.includes(path.basename(file)) && path.dirname(file) === workingDir;

export function isBelow(folder: string, file: string): boolean {
  const inside = path.relative(folder, file);
  return inside !== '' && !inside.startsWith('..') && !path.isAbsolute(inside);
}

/** A worker that was started, not forked, writes none. */
async function linesOf(file: string | undefined): Promise<readonly string[] | undefined> {
  try {
    const text = await readFile(file ?? '', 'utf8');
    return text.split('\n').filter((line) => line !== '');
  } catch {
    return undefined;
  }
}
