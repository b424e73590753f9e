import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { Clock } from '../../core/clock';
import { DebouncedPaths } from './debounced-paths';
import { matters, type FileChange } from './watched-paths';

const sourcesDelayMs = 150;
const storeDelayMs = 500;

/** Tells which sources below a workspace folder came, changed or went: each at once, and all together a little later. */
export function watchSources(
  folder: vscode.Uri,
  clock: Clock,
  changedNow: (path: string) => void,
  changed: (paths: readonly string[]) => void,
): vscode.Disposable {
  // The folder is watched by VS Code in any case: one pattern costs nothing more than several.
  const watcher = vscode.workspace.createFileSystemWatcher(
    new vscode.RelativePattern(folder, '**'),
  );
  const collected = new DebouncedPaths(clock, sourcesDelayMs, changed);
  const report = (path: string): void => {
    changedNow(path);
    collected.add(path);
  };
  const on = (change: FileChange) => (uri: vscode.Uri) => {
    if (matters(folder.fsPath, uri.fsPath, change)) report(uri.fsPath);
    else if (change === 'changed') void reportLink(uri.fsPath);
  };
  /** A link to a folder that is switched to another one in one step has only changed. */
  const reportLink = async (path: string): Promise<void> => {
    if (matters(folder.fsPath, path, 'created') && (await isLink(path))) report(path);
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(on('created')),
    watcher.onDidChange(on('changed')),
    watcher.onDidDelete(on('deleted')),
    collected,
  );
}

const isLink = (path: string): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isSymbolicLink(),
    () => false,
  );

/** Tells where bentos and models came, changed or went. Not recursive: models may be many gigabytes. */
export class StoreWatcher implements vscode.Disposable {
  readonly #collected: DebouncedPaths;
  readonly #watchers = new Map<string, vscode.Disposable>();

  constructor(clock: Clock, changed: (paths: readonly string[]) => void) {
    this.#collected = new DebouncedPaths(clock, storeDelayMs, changed);
  }

  /** `directories`: the one of all bentos or models, and that of each name. */
  watch(directories: readonly string[]): void {
    for (const [directory, watcher] of this.#watchers) {
      if (directories.includes(directory)) continue;
      watcher.dispose();
      this.#watchers.delete(directory);
    }
    for (const directory of directories) {
      if (!this.#watchers.has(directory)) this.#watchers.set(directory, this.#watch(directory));
    }
  }

  dispose(): void {
    for (const watcher of this.#watchers.values()) watcher.dispose();
    this.#collected.dispose();
  }

  #watch(directory: string): vscode.Disposable {
    const pattern = new vscode.RelativePattern(vscode.Uri.file(directory), '*');
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const add = (uri: vscode.Uri): void => this.#collected.add(uri.fsPath);
    return vscode.Disposable.from(
      watcher,
      watcher.onDidCreate(add),
      watcher.onDidChange(add),
      watcher.onDidDelete(add),
    );
  }
}

/** The directories in which a store's bentos or models come and go. `versions`: the directory of each. */
export const storeDirectories = (root: string, versions: readonly string[]): readonly string[] =>
  [...new Set([root, ...versions.map((version) => dirname(version))])].slice(0, 50);
