import { basename, dirname, join, resolve, sep } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import type { Log } from '../log';
import { drain } from './bounded';
import { buildFileLimit, parseBuildFile, type BuildFile } from './build-file';
import { isSkippedName, skippingMarkers, type Excluded } from './excluded';
import type { FileTree } from './file-tree';
import { pythonServicesInSlices, type FoundService } from './python-services';
import { isWithin, posixRelative } from './relative-path';
import { buildFileNames, isSource, SourceWalk } from './source-walk';

const filesAtOnce = 16;
const sourceLimit = 1024 * 1024;
const none: readonly FoundService[] = [];

export interface FolderSourcesOptions {
  readonly folder: string;
  readonly excluded: Excluded;
  readonly files: FileTree;
  readonly log: Log;
}

/** What was read of a folder's files, file by file, so that one that changes is read alone. */
export class FolderSources {
  readonly #options: FolderSourcesOptions;
  /** Every Python file seen, with its services. */
  readonly #python = new Map<string, readonly FoundService[]>();
  readonly #builds = new Map<string, BuildFile>();

  constructor(options: FolderSourcesOptions) {
    this.#options = options;
  }

  get python(): ReadonlyMap<string, readonly FoundService[]> {
    return this.#python;
  }

  get builds(): ReadonlyMap<string, BuildFile> {
    return this.#builds;
  }

  isPackage(directory: string): boolean {
    return this.#python.has(join(directory, '__init__.py'));
  }

  /** The services of a file; one outside of what was walked is read now. Nothing when there is no such file. */
  async servicesOf(file: string): Promise<readonly FoundService[] | undefined> {
    const known = this.#python.get(file);
    if (known !== undefined) return known;
    if ((await this.#options.files.kind(file)) !== 'file') return undefined;
    return this.#readPython(file);
  }

  /** Reads everything below `start`, by default the folder. */
  async read(signal?: AbortSignal, start = this.#options.folder): Promise<void> {
    const walk = new SourceWalk({ ...this.#options, ...(signal === undefined ? {} : { signal }) });
    const found = await walk.run(start);
    await drain(found, filesAtOnce, async (path) => {
      signal?.throwIfAborted();
      await this.#readFile(path);
    });
  }

  /** Reads a file or directory again; what is not there any more, or not to be read, is forgotten. */
  async update(changed: string): Promise<void> {
    const { files, folder } = this.#options;
    const isMarker = skippingMarkers.includes(basename(changed)) && dirname(changed) !== folder;
    const path = isMarker ? dirname(changed) : resolve(changed);
    const kind = await files.kind(path);
    this.#forget(path, kind !== 'file');
    if (kind === undefined || (await this.#isSkipped(path))) return;
    if (kind === 'directory') await this.read(undefined, path);
    else if (isSource(basename(path))) await this.#readFile(path);
  }

  #forget(path: string, withAllBelow: boolean): void {
    for (const files of [this.#python, this.#builds]) {
      files.delete(path);
      if (!withAllBelow) continue;
      const below = path.endsWith(sep) ? path : path + sep;
      for (const file of files.keys()) if (file.startsWith(below)) files.delete(file);
    }
  }

  async #readFile(path: string): Promise<void> {
    const name = basename(path);
    if (buildFileNames.includes(name)) await this.#readBuild(path, name);
    else this.#python.set(path, await this.#readPython(path));
  }

  async #readPython(path: string): Promise<readonly FoundService[]> {
    try {
      const content = await this.#options.files.read(path, sourceLimit);
      if (content === undefined) this.#options.log.debug(`Skipped ${path}: larger than 1 MB.`);
      if (content?.includes('bentoml') !== true) return none;
      return await pythonServicesInSlices(content.toString('utf8'), pause);
    } catch (error) {
      this.#options.log.debug(`Skipped ${path}: ${String(error)}`);
      return none;
    }
  }

  async #readBuild(path: string, name: string): Promise<void> {
    try {
      const content = await this.#options.files.read(path, buildFileLimit);
      if (content === undefined) this.#options.log.debug(`Skipped ${path}: too large.`);
      const build = content && parseBuildFile(name, content.toString('utf8'));
      if (build !== undefined) this.#builds.set(path, build);
    } catch (error) {
      const reason =
        (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
      this.#options.log.warn(`Cannot read ${path}: ${reason}. Correct it to see its bento.`);
    }
  }

  /** What a walk would not have come to. */
  async #isSkipped(path: string): Promise<boolean> {
    const { folder, excluded, files } = this.#options;
    if (!isWithin(folder, path)) return true;
    for (let at = path; at !== folder; at = dirname(at)) {
      if (excluded(posixRelative(folder, at)) || isSkippedName(basename(at))) return true;
      for (const marker of isSource(basename(at)) ? [] : skippingMarkers) {
        if ((await files.kind(join(at, marker))) === 'file') return true;
      }
    }
    return false;
  }
}
