import { basename, join } from 'node:path';
import type { Log } from '../../log';
import { forEachLimit } from './for-each-limit';
import { isBuildFileName } from '../build-file/build-file-names';
import { isSkippedName, skippingMarkers, type Excluded } from './excluded';
import type { FileTree, FileTreeEntry } from './file-tree';
import { isWithin, posixRelative } from './relative-path';

/** Files that discovery reads, by their names. */
export const isSource = (name: string): boolean => name.endsWith('.py') || isBuildFileName(name);

export interface SourceWalkOptions {
  /** The workspace folder, absolute. */
  readonly folder: string;
  readonly excluded: Excluded;
  readonly files: FileTree;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

const directoriesAtOnce = 16;
const depthLimit = 64;
/** Far beyond any project; a home directory opened by mistake ends here. */
const directoryLimit = 50_000;
const filesLimit = 100_000;
/** Each is parsed as a whole. */
const buildFilesLimit = 1_000;

/** Finds the files of a folder that may define bentos. Every directory is visited once, whatever links there are. */
export class SourceWalk {
  readonly #options: SourceWalkOptions;
  /** Real paths of the trees walked: a link into one of them, or to one around it, is not followed. */
  readonly #roots: string[] = [];
  readonly #found: string[] = [];
  #directories = 0;
  #buildFiles = 0;
  #pythonFiles = 0;

  constructor(options: SourceWalkOptions) {
    this.#options = options;
  }

  /** Walks `start`, a directory in the folder or the folder itself; paths in no certain order. */
  async run(start: string): Promise<readonly string[]> {
    const { files, folder, signal } = this.#options;
    this.#roots.push(await files.realPath(folder).catch(() => folder));
    const queue = [{ directory: start, depth: 0 }];
    await forEachLimit(queue, directoriesAtOnce, async ({ directory, depth }) => {
      signal?.throwIfAborted();
      for (const inner of await this.#visit(directory)) {
        if (depth < depthLimit) queue.push({ directory: inner, depth: depth + 1 });
      }
    });
    return this.#found;
  }

  /** Notes the files of a directory and returns the directories to visit. */
  async #visit(directory: string): Promise<readonly string[]> {
    if (this.#directories++ >= directoryLimit) {
      if (this.#directories === directoryLimit + 1) {
        this.#warn(directoryLimit, 'directories');
      }
      return [];
    }
    const entries = await this.#list(directory);
    if (directory !== this.#options.folder && entries.some(isMarker)) return [];
    const inner: string[] = [];
    for (const { name, kind } of entries) {
      if (kind === 'file' ? !isSource(name) : isSkippedName(name)) continue;
      const path = join(directory, name);
      if (this.#options.excluded(posixRelative(this.#options.folder, path))) continue;
      if (kind === 'file') this.#note(path);
      else if (kind === 'directory') inner.push(path);
      else if (await this.#follow(path)) inner.push(path);
    }
    return inner;
  }

  #note(path: string): void {
    const isBuild = isBuildFileName(basename(path));
    const limit = isBuild ? buildFilesLimit : filesLimit;
    const count = isBuild ? ++this.#buildFiles : ++this.#pythonFiles;
    if (count <= limit) this.#found.push(path);
    if (count === limit + 1) this.#warn(limit, isBuild ? 'build files' : 'Python files');
  }

  #warn(limit: number, what: string): void {
    this.#options.log.warn(
      `The folder ${this.#options.folder} has more than ${limit} ${what}; the rest was not searched for bentos. Exclude what is not source in files.exclude.`,
    );
  }

  async #list(directory: string): Promise<readonly FileTreeEntry[]> {
    try {
      return await this.#options.files.list(directory);
    } catch (error) {
      this.#options.log.debug(`Skipped ${directory}: ${String(error)}`);
      return [];
    }
  }

  /** Notes the file behind a link; true when it is a directory to visit. */
  async #follow(path: string): Promise<boolean> {
    const { files } = this.#options;
    const kind = await files.kind(path);
    if (kind === 'file' && isSource(basename(path))) this.#note(path);
    if (kind !== 'directory') return false;
    const target = await files.realPath(path).catch(() => undefined);
    if (target === undefined || this.#roots.some((root) => overlap(root, target))) return false;
    this.#roots.push(target);
    return true;
  }
}

const isMarker = ({ name, kind }: FileTreeEntry): boolean =>
  kind !== 'directory' && skippingMarkers.includes(name);

const overlap = (one: string, other: string): boolean =>
  isWithin(one, other) || isWithin(other, one);
