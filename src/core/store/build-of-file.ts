import { join } from 'node:path';
import { defaultBuildFiles } from '../discovery/build-file/build-file-names';
import type { DiscoveredBento } from '../discovery/discovered-bento';
import type { FileTree } from '../discovery/files/file-tree';

/** Why the service of a file cannot be built without a build file of its own. */
export type BuildRefusal =
  | { readonly version: string; readonly file?: undefined }
  /** BentoML would build by this file, and so another service. */
  | { readonly file: string; readonly version?: undefined };

/** Nothing where `bentoml build MODULE:ATTRIBUTE` builds it: since BentoML 1.3, where the folder has no build file. */
export async function whyNotBuilt(
  { workingDir }: Pick<DiscoveredBento, 'workingDir'>,
  version: string,
  files: Pick<FileTree, 'kind'>,
): Promise<BuildRefusal | undefined> {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 1 && minor < 3) return { version };
  for (const file of defaultBuildFiles) {
    if ((await files.kind(join(workingDir, file))) === 'file') return { file };
  }
  return undefined;
}
