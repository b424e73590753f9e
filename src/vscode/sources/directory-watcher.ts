import * as vscode from 'vscode';
import type { Clock } from '../../core/clock';
import { DebouncedPaths } from './debounced-paths';

/** Reports what is created, changed or deleted in directories (not below them), also outside the workspace. */
export class DirectoryWatcher implements vscode.Disposable {
  readonly #collected: DebouncedPaths;
  readonly #watchers = new Map<string, vscode.Disposable>();

  /** `delayMs`: how long changes are collected before they are reported together. */
  constructor(clock: Clock, delayMs: number, changed: (paths: readonly string[]) => void) {
    this.#collected = new DebouncedPaths(clock, delayMs, changed);
  }

  /** Replaces the watched directories. */
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
