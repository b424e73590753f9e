import { dirname } from 'node:path';
import type { DiscoveredBento } from '../../core/discovery/discovered-bento';

/** The files and folders that stand for a bento in the editor's title and the explorer. */
export function filesOf({
  source,
  file,
  workingDir,
  buildFiles = [],
}: DiscoveredBento): readonly string[] {
  if (source === 'store') return [];
  return [
    ...(file === undefined ? [] : [file, dirname(file)]),
    ...(source === 'project' ? [workingDir, ...buildFiles] : []),
  ];
}

export const allBentoFiles = (bentos: readonly DiscoveredBento[]): readonly string[] =>
  [...new Set(bentos.flatMap(filesOf))].sort();

/** The bentos a file or folder stands for. */
export const bentosAt = (
  path: string,
  bentos: readonly DiscoveredBento[],
): readonly DiscoveredBento[] => bentos.filter((bento) => filesOf(bento).includes(path));
