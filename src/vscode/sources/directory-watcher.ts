import * as vscode from 'vscode';
import type { Clock } from '../../core/clock';
import { DebouncedPaths } from './debounced-paths';

/** Tells what came, changed or went in directories, not below them. They may be anywhere, and not exist yet. */
export class DirectoryWatcher implements vscode.Disposable {
  readonly #collected: DebouncedPaths;
  readonly #watchers = new Map<string, vscode.Disposable>();

  /** `delayMs`: how long changes are collected before they are told together. */
  constructor(clock: Clock, delayMs: number, changed: (paths: readonly string[]) => void) {
    this.#collected = new DebouncedPaths(clock, delayMs, changed);
  }

  /** These from now on, and no others. */
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
