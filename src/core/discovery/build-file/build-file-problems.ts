import { basename, dirname, join } from 'node:path';
import type { BuildTarget } from './build-targets';
import type { FolderSources } from '../folder-sources';
import { moduleFiles, placeOf, rootsFrom, type ReferenceFault } from '../reference';
import { posixRelative } from '../files/relative-path';
import { problemTexts, say, type Message, type MessageTexts } from '../../messages/message';
import { startOfFile, type TextRange } from '../service-key';

/** What reading files shows: a mistake in a build file, or a file that was not read. */
export interface BuildFileProblem {
  /** The file, absolute. */
  readonly path: string;
  readonly range: TextRange;
  readonly severity: 'warning' | 'information';
  readonly code:
    'no-such-service' | 'several-services' | 'no-such-module' | 'not-read-by-bentoml' | 'not-read';
  readonly message: string;
  readonly texts: MessageTexts;
  /** Values that would be correct at `range`, instead of `value`. */
  readonly corrections: readonly string[];
  /** The service that the file on disk names at `range`. */
  readonly value?: string;
  /** A file name that would be correct. */
  readonly rename?: string;
}

type Place = Pick<BuildFileProblem, 'path' | 'range'>;

/** The names that a message can list; people can read a few. */
const mostNames = 10;
const longestName = 100;
/** Files of a folder that are reported; the log has the rest. */
const mostUnread = 100;

/** Finds the mistakes of one build file, in a folder of which everything was read. */
export async function buildFileProblems(
  target: BuildTarget,
  folder: string,
  sources: FolderSources,
): Promise<readonly BuildFileProblem[]> {
  const service = await serviceProblem(target, folder, sources);
  const name = nameProblem(target.path, sources);
  const { service: value } = target.build;
  return [
    ...(service === undefined ? [] : [{ ...service, ...(value === undefined ? {} : { value }) }]),
    ...(name === undefined ? [] : [name]),
  ];
}

async function serviceProblem(
  { path, build, root, target }: BuildTarget,
  folder: string,
  sources: FolderSources,
): Promise<BuildFileProblem | undefined> {
  const { service = 'service', serviceAt: range = startOfFile } = build;
  const [module = '', ...rest] = service.split(':');
  const attribute = rest.join(':');
  if (target === undefined) {
    return missingModule({ path, range }, { module, folder, sources });
  }
  const { fault } = target;
  if (fault === undefined) return undefined;
  const names = (await namesFor(fault, target.file, sources)).filter(isShort);
  const file = posixRelative(root, target.file);
  return {
    ...{ path, range, severity: 'warning' },
    code: fault.kind === 'several' && names.length > 0 ? 'several-services' : 'no-such-service',
    ...problemTexts(faultMessage(fault, { file, attribute, module, names })),
    // Without a line that names the service there is nothing to change.
    corrections:
      build.serviceAt === undefined
        ? []
        : names.slice(0, mostNames).map((name) => `${module}:${name}`),
  };
}

const namesFor = async (
  fault: ReferenceFault,
  file: string,
  sources: FolderSources,
): Promise<readonly string[]> =>
  fault.kind === 'several' ? fault.names : await sources.python.serviceNames(file);

interface Reference {
  readonly file: string;
  readonly module: string;
  readonly attribute: string;
  /** The services that there are. */
  readonly names: readonly string[];
}

function faultMessage(
  fault: ReferenceFault,
  { file, module, attribute, names }: Reference,
): Message {
  const [first] = names;
  const without = say('fileWithoutService', { file });
  switch (fault.kind) {
    case 'missing': {
      const others =
        first === undefined ? say('noServices') : say('ownServices', { names: listed(names) });
      return say('noAttribute', { file, attribute, others });
    }
    case 'no-service': {
      const others =
        first === undefined ? without : say('servicesOfFile', { file, names: listed(names) });
      return say('notAService', { file, attribute, kind: fault.is, others });
    }
    case 'several':
      return first === undefined
        ? without
        : say('severalServices', { file, names: listed(names), module, first });
  }
}

/** Files that discovery leaves out, so that nobody wonders why their services are not listed. */
export function unreadFiles(sources: FolderSources): readonly BuildFileProblem[] {
  return [...sources.unread].slice(0, mostUnread).map(([path, reason]): BuildFileProblem => ({
    ...{ path, range: startOfFile, severity: 'information', code: 'not-read' },
    ...problemTexts(say('fileNotRead', { reason })),
    corrections: [],
  }));
}

interface MissingModule {
  readonly module: string;
  readonly folder: string;
  readonly sources: FolderSources;
}

/** Nothing where the module may be in a file that discovery does not read. */
async function missingModule(
  place: Place,
  { module, folder, sources }: MissingModule,
): Promise<BuildFileProblem | undefined> {
  const own = dirname(place.path);
  const roots = rootsFrom(own, folder);
  const candidates = roots.flatMap((root) =>
    moduleFiles(module, root).map((file) => ({ root, file })),
  );
  if (candidates.length === 0) return undefined;
  for (const { root, file } of candidates) {
    if (await sources.mayExist(file, root, module.endsWith('.py'))) return undefined;
  }
  const where = posixRelative(folder, own) || basename(folder);
  const isFile = module.endsWith('.py');
  // Another package may be installed; a module of one that is here cannot be.
  const [top = ''] = module.split('.');
  const isForeign =
    !isFile && top !== module && !roots.some((root) => sources.holdsFiles(join(root, top)));
  const references = isForeign ? [] : referencesIn(own, folder, sources).filter(isShort);
  return {
    ...place,
    severity: isForeign ? 'information' : 'warning',
    code: 'no-such-module',
    ...problemTexts(
      sentences([
        say(missingKey(isFile, roots.length > 1), { module, where }),
        ...(isForeign ? [say('needsPackage', { package: top })] : []),
        ...(references.length === 0
          ? []
          : [say('servicesOfFolder', { names: listed(references) })]),
      ]),
    ),
    corrections: references.slice(0, mostNames),
  };
}

function missingKey(isFile: boolean, hasAbove: boolean) {
  if (isFile) return hasAbove ? 'noSuchFileAbove' : 'noSuchFile';
  return hasAbove ? 'noSuchModuleAbove' : 'noSuchModule';
}

const sentences = ([first, ...others]: readonly [Message, ...Message[]]): Message =>
  others.reduce((all, second) => say('sentences', { first: all, second }), first);

/** What services that are served from a directory are called in a build file there. */
function referencesIn(directory: string, folder: string, sources: FolderSources): string[] {
  return [...sources.services].flatMap(([file, services]) =>
    services
      .map(({ attribute }) => placeOf(file, attribute, folder, (at) => sources.isPackage(at)))
      .filter(({ workingDir }) => workingDir === directory)
      .map(({ reference }) => reference),
  );
}

/** Other names, such as `bentofile-gpu.yml`, are for `bentoml build -f`. */
function nameProblem(path: string, sources: FolderSources): BuildFileProblem | undefined {
  if (basename(path) !== 'bentofile.yml') return undefined;
  const isFree = !sources.builds.has(join(dirname(path), 'bentofile.yaml'));
  return {
    ...{ path, range: startOfFile, severity: 'information', code: 'not-read-by-bentoml' },
    ...problemTexts(say(isFree ? 'renameBuildFile' : 'otherBuildFile')),
    corrections: [],
    ...(isFree ? { rename: 'bentofile.yaml' } : {}),
  };
}

const isShort = (name: string): boolean => name.length <= longestName;

const listed = (names: readonly string[]): string =>
  names.slice(0, mostNames).join(', ') + (names.length > mostNames ? ', …' : '');
