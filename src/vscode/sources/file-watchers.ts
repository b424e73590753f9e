import { lstat } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Clock } from '../../core/clock';
import { DebouncedPaths } from './debounced-paths';
import { matters, type FileChange } from './watched-paths';

const sourcesDelayMs = 150;

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
