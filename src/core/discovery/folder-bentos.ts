import { basename } from 'node:path';
import { systemClock } from '../clock';
import {
  buildFileProblems,
  unreadFiles,
  type BuildFileProblem,
} from './build-file/build-file-problems';
import {
  buildTarget,
  byPreference,
  isDefault,
  servesAlike,
  type BuildTarget,
} from './build-file/build-targets';
import type { DiscoveredBento } from './discovered-bento';
import { componentsOf, entryServices, innerServices } from './entry-services';
import type { FolderSources } from './folder-sources';
import { serviceKey } from './python/python-entries';
import type { Dependency, FoundService } from './python/python-services';
import type { LocatedService } from './python/python-workspace';
import { placeOf, type Target } from './reference';
import { posixRelative } from './files/relative-path';
import { Turns } from './files/turns';

type Described = Pick<DiscoveredBento, 'file' | 'line' | 'generation' | 'components'>;

/** Makes bentos of what was read of a folder. */
export class FolderBentos {
  readonly #folder: string;
  readonly #prefix: string;
  readonly #sources: FolderSources;
  /** The services of a file by their attributes. */
  readonly #byAttribute = new Map<string, ReadonlyMap<string, FoundService>>();
  #targets: Promise<readonly BuildTarget[]> | undefined;

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
    for (const project of this.#projects(await this.#buildTargets())) add(project);
    const turns = new Turns(systemClock);
    const inner = innerServices(this.#sources.services, this.#folder);
    for (const [file, services] of this.#sources.services) {
      for (const service of entryServices(services, file)) {
        await turns.next();
        if (!inner.has(serviceKey(file, service))) add(this.#ofFile(file, service));
      }
    }
    return [...bentos.values()].sort(byFileAndLine);
  }

  /** The bento that BentoML serves when it is given a directory. */
  async project(directory: string): Promise<DiscoveredBento | undefined> {
    const targets = (await this.#buildTargets()).filter(({ root }) => root === directory);
    const [project] = this.#projects(targets.filter(isDefault));
    return project ?? this.#projects(targets)[0];
  }

  /** Where a path is in ids: relative to the workspace folder, with slashes, led by the prefix. */
  idOf(path: string): string {
    return this.#prefix + posixRelative(this.#folder, path);
  }

  /** What a resolved reference tells of a bento. */
  describe({ file, service }: Target): Described {
    if (service === undefined) return { file, components: [] };
    const components = componentsOf({ service, file }, (dependency) => this.#lookup(dependency));
    return { file, line: service.line, generation: service.generation, components };
  }

  /** Mistakes in build files, ordered by path. */
  async buildFileProblems(): Promise<readonly BuildFileProblem[]> {
    const found: BuildFileProblem[] = [...unreadFiles(this.#sources)];
    for (const target of await this.#allBuildTargets()) {
      found.push(...(await buildFileProblems(target, this.#folder, this.#sources)));
    }
    return found.sort((a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)));
  }

  async #buildTargets(): Promise<readonly BuildTarget[]> {
    const all = await this.#allBuildTargets();
    // What names a service that is not there would fail, or serve another one.
    return all.filter(({ target }) => target?.fault === undefined).sort(byPreference);
  }

  #allBuildTargets(): Promise<readonly BuildTarget[]> {
    return (this.#targets ??= this.#findBuildTargets());
  }

  async #findBuildTargets(): Promise<readonly BuildTarget[]> {
    const found: BuildTarget[] = [];
    for (const [path, build] of this.#sources.builds) {
      const target = await buildTarget(path, build, this.#folder, this.#sources.python);
      if (target !== undefined) found.push(target);
    }
    return found;
  }

  /** One for each service, and one for each other way in which a build file serves it. */
  #projects(targets: readonly BuildTarget[]): readonly DiscoveredBento[] {
    const projects = new Map<string, BuildTarget[]>();
    for (const target of targets) {
      const id = this.#projectId(target);
      projects.set(id, [...(projects.get(id) ?? []), target]);
    }
    return [...projects].flatMap(([id, [first, ...others]]) => {
      if (first === undefined) return [];
      const ways = [first];
      for (const other of others) {
        if (!ways.some((way) => servesAlike(way, other))) ways.push(other);
      }
      const buildFiles = [first, ...others].map(({ path }) => path);
      return ways.map((way) => this.#ofProject(way, first, id, buildFiles));
    });
  }

  #projectId({ path, target }: BuildTarget): string {
    return target?.attribute === undefined
      ? this.idOf(path)
      : `${this.idOf(target.file)}:${target.attribute}`;
  }

  #ofProject(
    way: BuildTarget,
    first: BuildTarget,
    id: string,
    buildFiles: readonly string[],
  ): DiscoveredBento {
    const { path, build, root, reference, target } = way;
    const { name, isProvisional } = nameOf(way);
    const own = posixRelative(root, path);
    const isFirst = way === first;
    return {
      id: isFirst ? id : `${id}#${own}`,
      folder: this.#folder,
      source: 'project',
      reference,
      workingDir: root,
      buildFile: path,
      buildFiles: [path, ...buildFiles.filter((other) => other !== path)],
      ...(target === undefined ? { components: [] } : this.describe(target)),
      name: isFirst || build.name !== undefined ? name : `${name} (${own})`,
      ...(isProvisional ? { isNameProvisional: true } : {}),
    };
  }

  #ofFile(file: string, service: FoundService): DiscoveredBento {
    const { attribute, isNameProvisional } = service;
    const place = placeOf(file, attribute, this.#folder, (directory) =>
      this.#sources.isPackage(directory),
    );
    return {
      id: attribute === '' ? this.idOf(file) : `${this.idOf(file)}:${attribute}`,
      folder: this.#folder,
      source: 'file',
      ...place,
      ...this.describe({ file, attribute, service }),
      name: service.name,
      ...(isNameProvisional === undefined ? {} : { isNameProvisional }),
    };
  }

  #lookup({ file, attribute }: Dependency): LocatedService | undefined {
    if (file === undefined) return undefined;
    let services = this.#byAttribute.get(file);
    if (services === undefined) {
      const found = this.#sources.services.get(file) ?? [];
      services = new Map(found.map((service) => [service.attribute, service]));
      this.#byAttribute.set(file, services);
    }
    const service = services.get(attribute);
    return service && { service, file };
  }
}

function nameOf({ build, root, target }: BuildTarget): { name: string; isProvisional: boolean } {
  if (build.name !== undefined) return { name: build.name, isProvisional: false };
  const { service, attribute } = target ?? {};
  if (service !== undefined) {
    return { name: service.name, isProvisional: service.isNameProvisional === true };
  }
  return { name: attribute ?? basename(root), isProvisional: attribute !== undefined };
}

function byFileAndLine(a: DiscoveredBento, b: DiscoveredBento): number {
  const [one, other] = [a.file ?? a.workingDir, b.file ?? b.workingDir];
  if (one !== other) return one < other ? -1 : 1;
  return (a.line ?? 0) - (b.line ?? 0) || (a.id < b.id ? -1 : 1);
}
