import { basename, dirname, join, resolve, sep } from 'node:path';
import { systemClock } from '../clock';
import type { Log } from '../log';
import { forEachLimit } from './files/for-each-limit';
import type { BuildFile, parseBuildFile as ParseBuildFile } from './build-file/build-file';
import {
  buildFileLimit,
  isBuildFileName,
  mayConfigureBentoml,
} from './build-file/build-file-names';
import { parseFailure } from './build-file/parse-failure';
import { isSkippedName, skippingMarkers, type Excluded } from './files/excluded';
import type { FileTree } from './files/file-tree';
import { mayExist } from './files/possible-file';
import type { FoundService } from './python/python-services';
import { PythonWorkspace } from './python/python-workspace';
import { importedFiles } from './reference';
import { isWithin, posixRelative } from './files/relative-path';
import { SerialQueue } from './files/serial-queue';
import { locateService } from './service-key';
import { isSource, SourceWalk } from './files/source-walk';
import { say, textOf, type Argument } from '../messages/message';

const filesAtOnce = 16;
const sourceLimit = 1024 * 1024;
/** The parsing of build files of one scan may take so long; a thousand usual ones take a second. */
const buildFilesMs = 3_000;
/** Shared by all folders: the parsers are synchronous. */
const parsing = new SerialQueue();

/** The build files of one scan. */
interface BuildScan {
  parsedMs: number;
  unread: number;
}

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
  readonly #unread = new Map<string, Argument>();
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

  /** The files that could not be read, or not in a short time, with the reasons. */
  get unread(): ReadonlyMap<string, Argument> {
    const cut = [...this.python.cut].map((file) => [file, say('tooComplex')] as const);
    return new Map<string, Argument>([...this.#unread, ...cut]);
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
    const scan: BuildScan = { parsedMs: 0, unread: 0 };
    await forEachLimit(found, filesAtOnce, async (path) => {
      signal?.throwIfAborted();
      await this.#readFile(path, scan);
    });
    if (scan.unread === 0) return;
    const seconds = (buildFilesMs / 1000).toString();
    this.#options.log.warn(
      `Did not read ${scan.unread.toString()} build files in ${start}: reading the others took ${seconds} seconds. Exclude what is not source in files.exclude.`,
    );
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
    else if (isSource(basename(path))) await this.#readFile(path, { parsedMs: 0, unread: 0 });
  }

  #forget(path: string, withAllBelow: boolean): void {
    const below = path.endsWith(sep) ? path : path + sep;
    this.python.forget(path);
    const isMeant = (file: string): boolean =>
      file === path || (withAllBelow && file.startsWith(below));
    for (const map of [this.#builds, this.#unread]) {
      for (const file of map.keys()) if (isMeant(file)) map.delete(file);
    }
    for (const file of this.#files) {
      if (!isMeant(file)) continue;
      this.#files.delete(file);
      this.python.forget(file);
    }
  }

  async #readFile(path: string, scan: BuildScan): Promise<void> {
    const name = basename(path);
    if (isBuildFileName(name)) {
      await this.#readBuild(path, name, scan);
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
        this.#skip(path, say('largerThan', { size: '1 MB' }));
      }
      return content;
    } catch (error) {
      log.debug(`Skipped ${path}: ${String(error)}`);
      return undefined;
    }
  }

  async #readBuild(path: string, name: string, scan: BuildScan): Promise<void> {
    const { files, log } = this.#options;
    try {
      const content = await files.read(path, buildFileLimit);
      if (content === undefined) {
        if ((await files.kind(path)) === 'file') {
          this.#skip(path, say('largerThan', { size: `${buildFileLimit / 1024} KB` }));
        }
        return;
      }
      const text = content.toString('utf8');
      if (!mayConfigureBentoml(name, text)) return;
      const { parseBuildFile } = await import('./yaml-files');
      const build = await parsing.run(() => parse(name, text, scan, parseBuildFile));
      if (build === 'late') {
        this.#unread.set(path, say('otherFilesTooLong'));
        return;
      }
      if (build === undefined) return;
      this.#builds.set(path, build);
      if (build.variantProblem !== undefined) {
        log.warn(
          `Did not read args and models in ${path}: ${build.variantProblem.inLog}. BentoML reads them when the bento is served.`,
        );
      }
    } catch (error) {
      const reason = parseFailure(error);
      this.#unread.set(path, reason);
      log.warn(`Cannot read ${path}: ${textOf(reason)}. Correct it to see its bento.`);
    }
  }

  #skip(path: string, reason: Argument): void {
    this.#unread.set(path, reason);
    this.#options.log.debug(`Skipped ${path}: ${textOf(reason)}.`);
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

function parse(
  name: string,
  text: string,
  scan: BuildScan,
  parseBuildFile: typeof ParseBuildFile,
): BuildFile | 'late' | undefined {
  if (scan.parsedMs >= buildFilesMs) {
    scan.unread++;
    return 'late';
  }
  const from = systemClock.now();
  try {
    const build = parseBuildFile(name, text);
    const { service } = build ?? {};
    const serviceAt = service === undefined ? undefined : locateService(name, text, service);
    return build && { ...build, ...(serviceAt === undefined ? {} : { serviceAt }) };
  } finally {
    scan.parsedMs += systemClock.now() - from;
  }
}
