import { opendirSync, statSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { systemClock, type Clock } from '../../clock';

/** A module that lies in the workspace, where Python does not look for it. */
export interface WorkspaceModule {
  /** The folder that Python would have to look in, absolute. */
  readonly folder: string;
  /** The module's file or folder, relative to the workspace folder. */
  readonly shown: string;
  /** It is an extension module, which only the Python that it was built for can import. */
  readonly isCompiled: boolean;
  /** The nearest folder above with a project's `pyproject.toml` or `setup.py`, absolute. */
  readonly project?: string;
}

export type FindWorkspaceModule = (name: string) => WorkspaceModule | undefined;

/** Of each folder above; more would take too long. */
const mostSubfolders = 200;
/** Of one folder: one with data may have millions. */
const mostEntriesOfOne = 1000;
/** Of all folders that are read for one module. */
const mostEntries = 20_000;
const longestMs = 200;
/** Levels of subfolders: `packages/greeting/src/greeting` is three down. */
const deepest = 4;
const notSearched = /^(?:\.|__pycache__$|node_modules$|venv$|env$|site-packages$|build$|dist$)/;
const projectFiles = ['pyproject.toml', 'setup.py', 'setup.cfg'];

/**
 * Looks for a top-level module in the working directory and the folders above it, up to the workspace folder; the
 * nearest one counts. Then in their subfolders (`src`, `lib`, …), and for packages in those below
 * (`packages/greeting/src`). Of packages on links and environments it finds nothing.
 */
export function workspaceModules(
  workingDir: string,
  workspaceFolder: string,
  clock: Pick<Clock, 'now'> = systemClock,
): FindWorkspaceModule {
  return (name) => {
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) return undefined;
    const above = foldersUpTo(workingDir, workspaceFolder);
    const search = new BoundedSearch(clock);
    const folder =
      above.find((one) => search.hasModule(one, name, deepest)) ?? search.below(above, name);
    if (folder === undefined) return undefined;
    const project = foldersUpTo(folder, workspaceFolder).find((one) =>
      projectFiles.some((file) => isFile(path.join(one, file))),
    );
    const file = search.fileOf(folder, name);
    return {
      folder,
      shown: path.relative(workspaceFolder, path.join(folder, file ?? name)),
      isCompiled: file !== undefined && !file.endsWith('.py'),
      ...(project === undefined ? {} : { project }),
    };
  };
}

/** The nearest first; nothing when it does not lie in the workspace folder. */
function foldersUpTo(from: string, workspaceFolder: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    folders.push(folder);
    if (folder === path.resolve(workspaceFolder)) return folders;
    if (folder === path.dirname(folder)) return [];
  }
}

/** Looks in folders, in the extension host's own thread: it stops at limits, and finds nothing beyond them. */
class BoundedSearch {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #until: number;
  readonly #known = new Map<string, readonly Dirent[]>();
  #entriesLeft = mostEntries;

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
    this.#until = clock.now() + longestMs;
  }

  /** A file, or a folder with Python files in it, `levels` down: packages need no `__init__.py`. */
  hasModule(folder: string, name: string, levels = 2): boolean {
    if (this.fileOf(folder, name) !== undefined) return true;
    let level: readonly string[] = [path.join(folder, name)];
    for (let depth = 0; depth < levels && level.length > 0; depth++) {
      if (level.some((one) => this.#hasPython(one))) return true;
      level = this.#subfolders(level);
    }
    return false;
  }

  /** The subfolder that has it, the nearest level first. Far down only a file or a package with `__init__.py` counts. */
  below(folders: readonly string[], name: string): string | undefined {
    let level = this.#subfolders(folders);
    let found = level.find((one) => this.hasModule(one, name));
    for (let depth = 1; found === undefined && depth < deepest; depth++) {
      level = this.#subfolders(level);
      found = level.find(
        (one) =>
          this.fileOf(one, name) !== undefined ||
          this.fileOf(path.join(one, name), '__init__') !== undefined,
      );
    }
    return found;
  }

  /** The name of the file of a module: `NAME.py`, or an extension module such as `NAME.cpython-312-darwin.so`. */
  fileOf(folder: string, name: string): string | undefined {
    if (this.#isOver()) return undefined;
    if (isFile(path.join(folder, `${name}.py`))) return `${name}.py`;
    return this.#entries(folder).find(
      (entry) =>
        entry.name.startsWith(`${name}.`) && !entry.isDirectory() && isCompiled(entry.name),
    )?.name;
  }

  #subfolders(folders: readonly string[]): readonly string[] {
    return [...new Set(folders.flatMap((folder) => this.#subfoldersOf(folder)))];
  }

  #subfoldersOf(folder: string): readonly string[] {
    return this.#entries(folder)
      .filter((entry) => entry.isDirectory() && !notSearched.test(entry.name))
      .slice(0, mostSubfolders)
      .map((entry) => path.join(folder, entry.name));
  }

  #hasPython(folder: string): boolean {
    return this.#entries(folder).some(
      (entry) => entry.isFile() && (entry.name.endsWith('.py') || isCompiled(entry.name)),
    );
  }

  #entries(folder: string): readonly Dirent[] {
    const known = this.#known.get(folder);
    if (known !== undefined) return known;
    const found = this.#read(folder);
    this.#known.set(folder, found);
    return found;
  }

  #read(folder: string): readonly Dirent[] {
    if (this.#isOver()) return [];
    const found: Dirent[] = [];
    try {
      const directory = opendirSync(folder, { bufferSize: 256 });
      try {
        while (found.length < mostEntriesOfOne && !this.#isOver()) {
          const entry = directory.readSync();
          if (entry === null) break;
          this.#entriesLeft -= 1;
          found.push(entry);
        }
      } finally {
        directory.closeSync();
      }
    } catch {
      // It is not there, or not to be read.
    }
    return found;
  }

  #isOver(): boolean {
    return this.#entriesLeft <= 0 || this.#clock.now() >= this.#until;
  }
}

/** The suffixes of extension modules: https://docs.python.org/3/library/importlib.html#importlib.machinery.EXTENSION_SUFFIXES */
const isCompiled = (name: string): boolean => /^[^.]+\.(?:[\w-]+\.)?(?:so|pyd)$/.test(name);

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
