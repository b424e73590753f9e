import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { defaultBuildFiles } from '../../../discovery/build-file/build-file-names';
import type { DiscoveredBento } from '../../../discovery/discovered-bento';
import { isWithin } from '../../../discovery/files/relative-path';
import type { Plan } from '../../../plan/plan';

/** The files that a bento is served from. Paths: as Python gives them. */
export interface ServedCode {
  readonly workingDir: string;
  readonly buildFile?: string | undefined;
  /** See `Plan.sources`. */
  readonly sources?: readonly string[] | undefined;
}

/** Returns the code of a bento with the real path of its folder. */
export async function servedCode(
  { buildFile }: Pick<DiscoveredBento, 'buildFile'>,
  { workingDir, sources }: Pick<Plan, 'workingDir' | 'sources'>,
): Promise<ServedCode> {
  const real = await realpath(workingDir).catch(() => workingDir);
  return {
    ...{ workingDir: real, sources },
    ...(buildFile === undefined
      ? {}
      : { buildFile: path.join(real, path.relative(workingDir, buildFile)) }),
  };
}

/** Whether the file decides how the bento is served, even if no code imports it. */
export const isBuildFile = ({ workingDir, buildFile }: ServedCode, file: string): boolean =>
  file === buildFile ||
  (defaultBuildFiles.includes(path.basename(file)) && path.dirname(file) === workingDir);

/** Whether the code may import the file: it is beside the service, or one of the plan's sources. */
export const isPythonFile = ({ workingDir, sources = [] }: ServedCode, file: string): boolean =>
  file.endsWith('.py') && (isWithin(workingDir, file) || sources.includes(file));
