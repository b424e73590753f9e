import { realpath } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Clock } from '../../core/clock';
import { isWithin } from '../../core/discovery/files/relative-path';
import { isSource } from '../../core/discovery/files/source-walk';
import { DirectoryWatcher } from './directory-watcher';

/** Milliseconds: a burst of saves is reported once. */
const delayMs = 50;
const maxDirectories = 50;

/** Watches source files of served bentos that lie outside the workspace folders, such as the target of a link. */
export class OutsideSources implements vscode.Disposable {
  readonly #watcher: DirectoryWatcher;
  #newest = 0;

  constructor(clock: Clock, changed: (paths: readonly string[]) => void) {
    this.#watcher = new DirectoryWatcher(clock, delayMs, (paths) => {
      const sources = paths.filter((file) => isSource(path.basename(file)));
      if (sources.length > 0) changed(sources);
    });
  }

  /** `files`: all source files of served bentos, absolute. */
  async watch(files: readonly string[]): Promise<void> {
    const own = (this.#newest += 1);
    const named = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
    const real = await Promise.all(named.map((folder) => realpath(folder).catch(() => folder)));
    if (own !== this.#newest) return;
    const folders = [...named, ...real];
    const outside = files.filter((file) => !folders.some((folder) => isWithin(folder, file)));
    const directories = new Set(outside.map((file) => path.dirname(file)));
    this.#watcher.watch([...directories].slice(0, maxDirectories));
  }

  dispose(): void {
    this.#newest += 1;
    this.#watcher.dispose();
  }
}
