import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { isWithin } from './relative-path';
import { entryServices } from './entry-services';
import type { FoundService } from './python-services';

/** Where BentoML is started and what it is given there. */
export interface Place {
  readonly workingDir: string;
  readonly reference: string;
}

/** What a reference means: a Python file, and in it an attribute, as far as that is sure. */
export interface Target {
  readonly file: string;
  readonly attribute?: string;
  readonly service?: FoundService;
}

/** The services of a Python file; nothing when there is no such file. */
export type ServicesOf = (file: string) => Promise<readonly FoundService[] | undefined>;

/** `service:svc`, `service.py:svc`, `pkg.service:svc` or without the attribute, as `bentoml serve` reads it. */
export async function resolveReference(
  reference: string,
  workingDir: string,
  servicesOf: ServicesOf,
): Promise<Target | undefined> {
  const colon = reference.indexOf(':');
  const module = colon < 0 ? reference : reference.slice(0, colon);
  const attribute = colon < 0 ? '' : reference.slice(colon + 1);
  for (const file of moduleFiles(module, workingDir)) {
    const services = await servicesOf(file);
    if (services === undefined) continue;
    const service =
      attribute === ''
        ? onlyEntry(services)
        : services.find((candidate) => candidate.attribute === attribute);
    const name = attribute === '' ? service?.attribute : attribute;
    return {
      file,
      ...(name === undefined ? {} : { attribute: name }),
      ...(service === undefined ? {} : { service }),
    };
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

/** The file of an imported module: `.ranker` next to `file`, `..ranker` one up, `ranker` from the working directory. */
export function importedFiles(module: string, file: string, workingDir: string): readonly string[] {
  const dots = /^\.*/.exec(module)?.[0].length ?? 0;
  if (dots === 0) return moduleFiles(module, workingDir);
  const root = resolve(dirname(file), ...Array.from({ length: dots - 1 }, () => '..'));
  const rest = module.slice(dots);
  return rest === '' ? [join(root, '__init__.py')] : moduleFiles(rest, root).slice(0, 2);
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
  return { workingDir, reference: `${parts.join('.')}:${attribute}` };
}

/** The service BentoML takes when a reference names none: class services before legacy ones. */
function onlyEntry(services: readonly FoundService[]): FoundService | undefined {
  const classes = services.filter(({ generation }) => generation === 'service');
  const candidates = classes.length > 0 ? entryServices(classes) : services;
  return candidates.length === 1 ? candidates[0] : undefined;
}
