import { basename, dirname } from 'node:path';
import type { BuildFile } from './build-file';
import { defaultBuildFiles } from './build-file-names';
import { resolveReference, rootsFrom, type PythonLookup, type Target } from '../reference';

/** A build file with what it builds. */
export interface BuildTarget {
  readonly path: string;
  readonly build: BuildFile;
  /** The directory it is built in, from which its service is imported. */
  readonly root: string;
  /** What BentoML is given there. */
  readonly reference: string;
  /** Absent where the module is not in the workspace: it may be one of an installed package. */
  readonly target?: Target;
}

/** BentoML finds it by itself in the directory it is built in. */
export const isDefault = ({ path, root }: BuildTarget): boolean =>
  dirname(path) === root && defaultBuildFiles.includes(basename(path));

/**
 * Finds what a build file builds: from its own directory, or else from one above it, as `bentoml build -f` is used.
 * Nothing where it names no service and there is none to take.
 */
export async function buildTarget(
  path: string,
  build: BuildFile,
  folder: string,
  python: PythonLookup,
): Promise<BuildTarget | undefined> {
  const own = dirname(path);
  const asked = build.service ?? 'service.py';
  let first: BuildTarget | undefined;
  for (const root of build.service === undefined ? [own] : rootsFrom(own, folder)) {
    const target = await resolveReference(asked, root, python);
    if (target === undefined) continue;
    const found = { path, build, root, reference: referenceOf(build, target), target };
    if (target.service !== undefined) return found;
    // A root where the service may be comes before one where it certainly is not.
    if (first === undefined || (first.target?.fault && !target.fault)) first = found;
  }
  if (first !== undefined || build.service === undefined) return first;
  return { path, build, root: own, reference: asked };
}

const referenceOf = ({ service }: BuildFile, { attribute }: Target): string =>
  service ?? (attribute === undefined ? 'service.py' : `service:${attribute}`);

/**
 * In the order in which they are preferred for one service: what BentoML reads by itself, in the directory nearest to
 * the service; then by their names.
 */
export function byPreference(a: BuildTarget, b: BuildTarget): number {
  return (
    Number(isDefault(b)) - Number(isDefault(a)) ||
    b.root.length - a.root.length ||
    Number(b.build.service !== undefined) - Number(a.build.service !== undefined) ||
    rank(a) - rank(b) ||
    (a.path < b.path ? -1 : 1)
  );
}

function rank({ path }: BuildTarget): number {
  const index = defaultBuildFiles.indexOf(basename(path));
  return index < 0 ? defaultBuildFiles.length : index;
}

/** Whether two build files of one service serve it in the same way. */
export const servesAlike = (a: BuildTarget, b: BuildTarget): boolean =>
  a.build.variantKey === b.build.variantKey;
