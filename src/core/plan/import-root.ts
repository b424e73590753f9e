import path from 'node:path';
import type { DiscoveredBento } from '../discovery/discovered-bento';

const identifier = /^[A-Za-z_]\w*$/;

/**
 * A bento of a Python file, imported from a folder above it: `service:svc` in `src` is `src.service:svc` in the folder
 * that holds `src`. Nothing where there is no such reference. What a build file or a person says is left as it is.
 */
export function importedFrom(bento: DiscoveredBento, folder: string): DiscoveredBento | undefined {
  const between = path.relative(folder, bento.workingDir);
  if (bento.source !== 'file' || between === '' || path.isAbsolute(between)) return undefined;
  const packages = between.split(path.sep);
  if (!packages.every((name) => identifier.test(name))) return undefined;
  return {
    ...bento,
    workingDir: folder,
    reference: `${packages.join('.')}.${bento.reference}`,
  };
}
