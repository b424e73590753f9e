import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** A module that lies in the workspace, where Python does not look for it. */
export interface WorkspaceModule {
  /** The folder that Python would have to look in, absolute. */
  readonly folder: string;
  /** The module's file or folder, relative to the workspace folder. */
  readonly shown: string;
  /** The nearest folder above with a project's `pyproject.toml` or `setup.py`, absolute. */
  readonly project?: string;
}

export type FindWorkspaceModule = (name: string) => WorkspaceModule | undefined;

/** Of each folder above; more would take too long. */
const mostSubfolders = 200;
const notSearched = /^(?:\.|__pycache__$|node_modules$|venv$|env$|site-packages$|build$|dist$)/;
const projectFiles = ['pyproject.toml', 'setup.py', 'setup.cfg'];

/**
 * Looks for a top-level module in the working directory and the folders above it, up to the workspace folder; the
 * nearest one counts. Then in their subfolders (`src`, `lib`, …). Of packages on links and environments it finds nothing.
 */
export function workspaceModules(workingDir: string, workspaceFolder: string): FindWorkspaceModule {
  return (name) => {
    if (!/^\w+$/.test(name)) return undefined;
    const above = foldersUpTo(workingDir, workspaceFolder);
    const folder =
      above.find((one) => hasModule(one, name)) ??
      above.flatMap(subfolders).find((one) => hasModule(one, name));
    if (folder === undefined) return undefined;
    const project = foldersUpTo(folder, workspaceFolder).find((one) =>
      projectFiles.some((file) => isFile(path.join(one, file))),
    );
    const file = isFile(path.join(folder, `${name}.py`)) ? `${name}.py` : name;
    return {
      folder,
      shown: path.relative(workspaceFolder, path.join(folder, file)),
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

/** A file, or a folder with Python files in it: packages need no `__init__.py`. */
function hasModule(folder: string, name: string): boolean {
  if (isFile(path.join(folder, `${name}.py`))) return true;
  const inner = path.join(folder, name);
  return hasPython(inner) || subfolders(inner).some(hasPython);
}

const hasPython = (folder: string): boolean =>
  entries(folder).some((entry) => entry.isFile() && entry.name.endsWith('.py'));

const subfolders = (folder: string): readonly string[] =>
  entries(folder)
    .filter((entry) => entry.isDirectory() && !notSearched.test(entry.name))
    .slice(0, mostSubfolders)
    .map((entry) => path.join(folder, entry.name));

function entries(folder: string): ReturnType<typeof readEntries> {
  try {
    return readEntries(folder);
  } catch {
    return [];
  }
}

const readEntries = (folder: string) => readdirSync(folder, { withFileTypes: true });

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
