import { basename, dirname, join, resolve, sep } from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import type { Log } from '../log';
import { drain } from './bounded';
import { buildFileLimit, parseBuildFile, type BuildFile } from './build-file';
import { isBuildFileName } from './build-file-names';
import { isSkippedName, skippingMarkers, type Excluded } from './excluded';
import type { FileTree } from './file-tree';
import { mayExist } from './possible-file';
import type { FoundService } from './python-services';
import { PythonWorkspace } from './python-workspace';
import { importedFiles } from './reference';
import { isWithin, posixRelative } from './relative-path';
import { locateService } from './service-key';
import { isSource, SourceWalk } from './source-walk';

const filesAtOnce = 16;
const sourceLimit = 1024 * 1024;

export interface FolderSourcesOptions {
  readonly folder: string;
  readonly excluded: Excluded;
  readonly files: FileTree;
  readonly log: Log;
}

/** What was read of a folder's files, file by file, so that one that changes is read alone. */
export class FolderSources {
  readonly #options: FolderSourcesOptions;
  /** Every Python file seen. */
  readonly #files = new Set<string>();
  readonly #builds = new Map<string, BuildFile>();
  readonly python: PythonWorkspace;
  #services: ReadonlyMap<string, readonly FoundService[]> = new Map();

  constructor(options: FolderSourcesOptions) {
    this.#options = options;
    this.python = new PythonWorkspace({
      read: (file) => this.#content(file),
      has: (file) => this.#files.has(file),
      log: options.log,
      filesOf: (module, file) =>
        importedFiles(module, file, options.folder, (directory) => this.isPackage(directory)),
    });
  }

  /** The files that define services, with those, as they were when they were linked. */
  get services(): ReadonlyMap<string, readonly FoundService[]> {
    return this.#services;
  }

  get builds(): ReadonlyMap<string, BuildFile> {
    return this.#builds;
  }

  isPackage(directory: string): boolean {
    return this.#files.has(join(directory, '__init__.py'));
  }

  /** Whether a Python file was seen below a directory. */
  holdsFiles(directory: string): boolean {
    const below = directory + sep;
    for (const file of this.#files) if (file.startsWith(below)) return true;
    return false;
  }

  /** Whether a module's file below `root` can be there although it cannot be read; see `mayExist`. */
  mayExist(file: string, root: string, isExact: boolean): Promise<boolean> {
    return mayExist(file, root, isExact, this.#options.files);
  }

  /** Works out what the files that were read define together. */
  async link(signal?: AbortSignal): Promise<void> {
    this.#services = await this.python.link(signal);
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
    const below = path.endsWith(sep) ? path : path + sep;
    this.python.forget(path);
    const isMeant = (file: string): boolean =>
      file === path || (withAllBelow && file.startsWith(below));
    for (const file of this.#builds.keys()) if (isMeant(file)) this.#builds.delete(file);
    for (const file of this.#files) {
      if (!isMeant(file)) continue;
      this.#files.delete(file);
      this.python.forget(file);
    }
  }

  async #readFile(path: string): Promise<void> {
    const name = basename(path);
    if (isBuildFileName(name)) {
      await this.#readBuild(path, name);
    } else {
      this.#files.add(path);
      await this.python.add(path, await this.#content(path));
    }
  }

  async #content(path: string): Promise<Buffer | undefined> {
    const { files, log } = this.#options;
    try {
      const content = await files.read(path, sourceLimit);
      if (content === undefined && (await files.kind(path)) === 'file') {
        log.debug(`Skipped ${path}: larger than 1 MB.`);
      }
      return content;
    } catch (error) {
      log.debug(`Skipped ${path}: ${String(error)}`);
      return undefined;
    }
  }

  async #readBuild(path: string, name: string): Promise<void> {
    try {
      const content = await this.#options.files.read(path, buildFileLimit);
      if (content === undefined) this.#options.log.debug(`Skipped ${path}: too large.`);
      // Each has its own turn of the event loop.
      await pause();
      const text = content?.toString('utf8');
      const build = text === undefined ? undefined : parseBuildFile(name, text);
      if (text === undefined || build === undefined) return;
      const { service } = build;
      const serviceAt = service === undefined ? undefined : locateService(name, text, service);
      this.#builds.set(path, { ...build, ...(serviceAt === undefined ? {} : { serviceAt }) });
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
