import { basename, dirname, join } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import type { BuildFile } from './build-file';
import type { DiscoveredBento } from './discovered-bento';
import { componentsOf, entryServices, type DependencyLookup } from './entry-services';
import type { FolderSources } from './folder-sources';
import type { FoundService } from './python-services';
import { importedFiles, placeOf, resolveReference, type Target } from './reference';
import { posixRelative } from './relative-path';
import { buildFileNames } from './source-walk';

/** Between two of these pauses others have their turn. */
const filesAtOnce = 200;

type Described = Pick<DiscoveredBento, 'file' | 'line' | 'generation' | 'components'>;

/** Makes bentos of what was read of a folder. */
export class FolderBentos {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #sources: FolderSources;

  constructor(folder: string, idPrefix: string | undefined, sources: FolderSources) {
    this.#folder = folder;
    this.#prefix = idPrefix === undefined ? '' : `${idPrefix}/`;
    this.#sources = sources;
  }

  /** Projects and files, ordered by id; a service that a project names is that project's bento alone. */
  async all(): Promise<readonly DiscoveredBento[]> {
    const bentos = new Map<string, DiscoveredBento>();
    const add = (bento: DiscoveredBento): void => {
      if (!bentos.has(bento.id)) bentos.set(bento.id, bento);
    };
    for (const directory of this.#projectDirectories()) {
      const bento = await this.project(directory);
      if (bento !== undefined) add(bento);
    }
    let files = 0;
    for (const [file, services] of this.#sources.python) {
      if (++files % filesAtOnce === 0) await pause();
      for (const service of entryServices(services)) add(this.#ofFile(file, service));
    }
    return [...bentos.values()].sort(byFileAndLine);
  }

  /** The bento that BentoML serves when it is given a directory. */
  async project(directory: string): Promise<DiscoveredBento | undefined> {
    const builds = buildFileNames.flatMap((name) => {
      const path = join(directory, name);
      const build = this.#sources.builds.get(path);
      return build === undefined ? [] : [{ path, build }];
    });
    const [chosen] = [...builds.filter(({ build }) => build.service !== undefined), ...builds];
    return chosen && this.#ofProject(chosen.path, chosen.build);
  }

  /** Where a path is in ids: relative to the workspace folder, with slashes, led by the prefix. */
  idOf(path: string): string {
    return this.#prefix + posixRelative(this.#folder, path);
  }

  /** What a resolved reference tells of a bento. */
  describe({ file, service }: Target, workingDir: string): Described {
    if (service === undefined) return { file, components: [] };
    const components = componentsOf({ service, file }, this.#lookup(workingDir));
    return { file, line: service.line, generation: service.generation, components };
  }

  /** Deepest first: of two projects that name one service, the one nearest to it is meant. */
  #projectDirectories(): readonly string[] {
    const directories = new Set([...this.#sources.builds.keys()].map((path) => dirname(path)));
    return [...directories].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  }

  async #ofProject(path: string, build: BuildFile): Promise<DiscoveredBento | undefined> {
    const workingDir = dirname(path);
    const asked = build.service ?? 'service.py';
    const target = await resolveReference(asked, workingDir, (file) =>
      this.#sources.servicesOf(file),
    );
    if (target === undefined && build.service === undefined) return undefined;
    const reference =
      build.service === undefined && target?.attribute !== undefined
        ? `service:${target.attribute}`
        : asked;
    return {
      id:
        target?.attribute === undefined
          ? this.idOf(path)
          : `${this.idOf(target.file)}:${target.attribute}`,
      folder: this.#folder,
      source: 'project',
      reference,
      workingDir,
      buildFile: path,
      ...(target === undefined ? { components: [] } : this.describe(target, workingDir)),
      name: build.name ?? target?.service?.name ?? target?.attribute ?? basename(workingDir),
    };
  }

  #ofFile(file: string, service: FoundService): DiscoveredBento {
    const { attribute } = service;
    const place = placeOf(file, attribute, this.#folder, (directory) =>
      this.#sources.isPackage(directory),
    );
    return {
      id: `${this.idOf(file)}:${attribute}`,
      folder: this.#folder,
      source: 'file',
      ...place,
      ...this.describe({ file, attribute, service }, place.workingDir),
      name: service.name,
    };
  }

  #lookup(workingDir: string): DependencyLookup {
    return ({ attribute, module }, file) => {
      const files = module === undefined ? [file] : importedFiles(module, file, workingDir);
      for (const candidate of files) {
        const services = this.#sources.python.get(candidate);
        const service = services?.find((found) => found.attribute === attribute);
        if (service !== undefined) return { service, file: candidate };
      }
      return undefined;
    };
  }
}

function byFileAndLine(a: DiscoveredBento, b: DiscoveredBento): number {
  const [one, other] = [a.file ?? a.workingDir, b.file ?? b.workingDir];
  if (one !== other) return one < other ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.id < b.id ? -1 : 1);
}
