import { setImmediate as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Emitter, type Disposable, type Event } from '../events';
import type { Log } from '../log';
import { cancelled } from '../problem';
import type { BentoEntry, WatchedEntry } from '../settings/serve-settings';
import type { BuildFileProblem } from './build-file/build-file-problems';
import { confinedFileTree } from './files/confined-file-tree';
import type { DiscoveredBento } from './discovered-bento';
import { excludedBy } from './files/excluded';
import { nodeFileTree, type FileTree } from './files/file-tree';
import { FolderBentos } from './folder-bentos';
import { FolderSources } from './folder-sources';
import { withEntries } from './settings-entries';
import type { StoreBento } from './store';
import { watchedBentos } from './watched-bentos';

/** What may change while a folder is open. */
export interface CatalogConfiguration {
  /** Leads the ids; for a window with several folders. */
  readonly idPrefix?: string;
  /** Globs as in `files.exclude`. */
  readonly exclude: readonly string[];
  /** Nobody trusts the folder yet: links that lead out of it are not followed. */
  readonly isConfined?: boolean;
  readonly entries: readonly BentoEntry[];
  readonly watched?: readonly WatchedEntry[];
  /** The built bentos that entries may name. */
  readonly store?: readonly StoreBento[];
}

export interface CatalogOptions extends CatalogConfiguration {
  /** The workspace folder, absolute. */
  readonly folder: string;
  readonly log: Log;
  readonly files?: FileTree;
}

interface Scan {
  readonly abort: AbortController;
  readonly done: Promise<void>;
  /** Callers that still want it; it is aborted when the last one gives up. */
  waiting: number;
}

/**
 * The bentos of one workspace folder, kept true: a changed file is read alone. Everything happens in turn, so that
 * a change during a refresh is seen after it; the list stays as it was until a refresh is done.
 */
export class BentoCatalog implements Disposable {
  readonly #folder: string;
  readonly #files: FileTree;
  readonly #log: Log;
  readonly #emitter = new Emitter<void>();
  #configuration: CatalogConfiguration;
  #sources: FolderSources;
  #bentos: readonly DiscoveredBento[] = [];
  #buildFileProblems: readonly BuildFileProblem[] = [];
  #queued: Scan | undefined;
  #running: Scan | undefined;
  #changes: Set<string> | undefined;
  #changing: Promise<void> = Promise.resolve();
  #turn: Promise<unknown> = Promise.resolve();
  #disposed = false;

  /** Fires when `bentos` or `buildFileProblems` is another list. */
  readonly onDidChange: Event<void> = this.#emitter.event;

  constructor(options: CatalogOptions) {
    this.#folder = options.folder;
    this.#files = options.files ?? nodeFileTree;
    this.#log = options.log;
    this.#configuration = options;
    this.#sources = this.#newSources();
  }

  get bentos(): readonly DiscoveredBento[] {
    return this.#bentos;
  }

  get buildFileProblems(): readonly BuildFileProblem[] {
    return this.#buildFileProblems;
  }

  /** Reads the whole folder. Calls made before it begins share one; those made later share the next. */
  async refresh(signal?: AbortSignal): Promise<readonly DiscoveredBento[]> {
    if (signal?.aborted === true || this.#disposed) throw cancelled();
    const scan = (this.#queued ??= this.#newScan());
    scan.waiting++;
    await waitFor(scan.done, signal, () => {
      if (--scan.waiting === 0) scan.abort.abort();
      if (scan.waiting === 0 && this.#queued === scan) this.#queued = undefined;
    });
    return this.#bentos;
  }

  /** A file or directory was made, changed or removed; resolves when `bentos` says so. Calls close together are one. */
  changed(path: string): Promise<void> {
    if (this.#changes !== undefined) {
      this.#changes.add(path);
      return this.#changing;
    }
    const changes = new Set([path]);
    this.#changes = changes;
    this.#changing = this.#inTurn(async () => {
      this.#changes = undefined;
      for (const changed of changes) await this.#sources.update(changed);
      await this.#assemble();
    });
    return this.#changing;
  }

  removed(path: string): Promise<void> {
    return this.changed(path);
  }

  /** Other settings or another store; the folder is read again only when other files are to be read. */
  async configure(configuration: CatalogConfiguration): Promise<void> {
    const { exclude, isConfined = false } = this.#configuration;
    this.#configuration = configuration;
    const sameFiles =
      isDeepStrictEqual(exclude, configuration.exclude) &&
      isConfined === (configuration.isConfined ?? false);
    if (sameFiles) {
      await this.#inTurn(() => this.#assemble());
    } else {
      await this.refresh();
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#queued?.abort.abort();
    this.#running?.abort.abort();
    this.#emitter.dispose();
  }

  #newScan(): Scan {
    const abort = new AbortController();
    const done = this.#inTurn(async () => {
      // Not before the callers of this moment have joined.
      await pause();
      if (this.#queued === scan) this.#queued = undefined;
      this.#running = scan;
      abort.signal.throwIfAborted();
      const sources = this.#newSources();
      await sources.read(abort.signal);
      abort.signal.throwIfAborted();
      this.#sources = sources;
      await this.#assemble();
    });
    const scan: Scan = { abort, done, waiting: 0 };
    return scan;
  }

  #newSources(): FolderSources {
    const { isConfined = false } = this.#configuration;
    return new FolderSources({
      folder: this.#folder,
      excluded: excludedBy(this.#configuration.exclude),
      files: isConfined ? confinedFileTree(this.#files, this.#folder) : this.#files,
      log: this.#log,
    });
  }

  async #assemble(): Promise<void> {
    const { idPrefix, entries, watched = [], store = [] } = this.#configuration;
    const sources = this.#sources;
    await sources.link();
    const bentos = new FolderBentos(this.#folder, idPrefix, sources);
    const context = { folder: this.#folder, entries, bentos, sources, store };
    const local = await withEntries(await bentos.all(), context);
    const found = [...local, ...watchedBentos(watched, this.#folder, bentos)];
    const problems = await bentos.buildFileProblems();
    const same =
      (await areEqual(found, this.#bentos)) && (await areEqual(problems, this.#buildFileProblems));
    if (this.#disposed || same) return;
    this.#bentos = found;
    this.#buildFileProblems = problems;
    this.#emitter.fire();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(() => (this.#disposed ? undefined : work()));
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

/** In slices, so that others have their turn. */
async function areEqual(some: readonly unknown[], others: readonly unknown[]): Promise<boolean> {
  if (some.length !== others.length) return false;
  for (const [index, one] of some.entries()) {
    if (index % 500 === 499) await pause();
    if (!isDeepStrictEqual(one, others[index])) return false;
  }
  return true;
}

/** `done`, or a rejection as cancelled as soon as the signal says so; `left` is called then. */
function waitFor(
  done: Promise<void>,
  signal: AbortSignal | undefined,
  left: () => void,
): Promise<void> {
  if (signal === undefined) return done;
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      left();
      reject(cancelled());
    };
    signal.addEventListener('abort', abort, { once: true });
    void done.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abort);
    });
  });
}
