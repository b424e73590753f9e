import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { isWithin } from './files/relative-path';
import type { FoundService, PathFault } from './python/python-services';
import type { EntryFault, LocatedService } from './python/python-workspace';

const rootsLimit = 64;

/** Where BentoML is started and what it is given there. */
export interface Place {
  readonly workingDir: string;
  readonly reference: string;
}

/** The file is there, and what the reference names in it is missing, no service, or one of several. */
export type ReferenceFault = PathFault | EntryFault;

/** What a reference means: a Python file, and in it an attribute, as far as that is sure. */
export interface Target {
  readonly file: string;
  readonly attribute?: string;
  readonly service?: FoundService;
  /** Why BentoML certainly refuses it. */
  readonly fault?: ReferenceFault;
}

/** What references are resolved with; see `PythonWorkspace`. */
export interface PythonLookup {
  readonly servicesOf: (file: string) => Promise<readonly FoundService[] | undefined>;
  readonly serviceAt: (file: string, attribute: string) => Promise<LocatedService | undefined>;
  readonly faultAt: (file: string, attribute: string) => Promise<PathFault | undefined>;
  readonly entryOf: (file: string) => Promise<LocatedService | EntryFault | undefined>;
}

/** `service:svc`, `service.py:svc`, `pkg.service:svc` or without the attribute, as `bentoml serve` reads it. */
export async function resolveReference(
  reference: string,
  workingDir: string,
  python: PythonLookup,
): Promise<Target | undefined> {
  const colon = reference.indexOf(':');
  const module = colon < 0 ? reference : reference.slice(0, colon);
  const attribute = colon < 0 ? '' : reference.slice(colon + 1);
  for (const file of moduleFiles(module, workingDir)) {
    const services = await python.servicesOf(file);
    if (services === undefined) continue;
    if (attribute === '') {
      const entry = await python.entryOf(file);
      if (entry === undefined) return { file };
      if ('kind' in entry) return { file, fault: entry };
      return { ...entry, ...attributeOf(entry.service) };
    }
    const found = await python.serviceAt(file, attribute);
    if (found !== undefined) return { ...found, attribute: found.service.attribute };
    const fault = await python.faultAt(file, attribute);
    return { file, attribute, ...(fault === undefined ? {} : { fault }) };
  }
  return undefined;
}

/** Where a module can be, most likely first; `src` is a layout that BentoML knows too. */
export function moduleFiles(module: string, workingDir: string): readonly string[] {
  // The system takes no path with it.
  if (module.includes('\0')) return [];
  if (module.endsWith('.py')) {
    const file = isAbsolute(module) ? resolve(module) : resolve(workingDir, module);
    return isWithin(workingDir, file) ? [file] : [];
  }
  const parts = module.split('.');
  if (parts.some((part) => part === '' || /[\\/:]/.test(part))) return [];
  return [workingDir, join(workingDir, 'src')].flatMap((root) => [
    `${join(root, ...parts)}.py`,
    join(root, ...parts, '__init__.py'),
  ]);
}

/**
 * The files that an imported module may be: `.ranker` next to `file`, `..ranker` one up, `ranker` from the directory in
 * which a service of `file` is served, or from one above it.
 */
export function importedFiles(
  module: string,
  file: string,
  folder: string,
  isPackage: (directory: string) => boolean,
): readonly string[] {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  if (dots === 0) {
    const { workingDir } = placeOf(file, '', folder, isPackage);
    return rootsFrom(workingDir, folder).flatMap((root) => moduleFiles(module, root));
  }
  const root = resolve(dirname(file), ...Array.from({ length: dots - 1 }, () => '..'));
  const rest = module.slice(dots);
  return rest === '' ? [join(root, '__init__.py')] : moduleFiles(rest, root).slice(0, 2);
}

/** A directory and those above it, up to `folder`, where it is in that. */
export function rootsFrom(directory: string, folder: string): readonly string[] {
  const roots = [directory];
  if (!isWithin(folder, directory)) return roots;
  for (let at = directory; at !== folder && roots.length < rootsLimit;) {
    at = dirname(at);
    roots.push(at);
  }
  return roots;
}

/** How a service of a file is served: from the first directory that is no package, but never outside `folder`. */
export function placeOf(
  file: string,
  attribute: string,
  folder: string,
  isPackage: (directory: string) => boolean,
): Place {
  const stem = basename(file, '.py');
  const parts: string[] = [];
  let workingDir = dirname(file);
  while (workingDir !== folder && isWithin(folder, workingDir) && isPackage(workingDir)) {
    parts.unshift(basename(workingDir));
    workingDir = dirname(workingDir);
  }
  // A package's own file is imported by the package's name.
  if (stem !== '__init__' || parts.length === 0) parts.push(stem);
  const module = parts.join('.');
  return { workingDir, reference: attribute === '' ? module : `${module}:${attribute}` };
}

const attributeOf = ({ attribute }: FoundService): { readonly attribute?: string } =>
  attribute === '' ? {} : { attribute };
