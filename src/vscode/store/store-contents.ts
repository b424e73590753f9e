import path from 'node:path';
import type * as vscode from 'vscode';
import type { Clock } from '../../core/clock';
import { nodeFileTree } from '../../core/discovery/files/file-tree';
import type { StoreBento } from '../../core/discovery/store';
import type { StoreModel } from '../../core/discovery/store-model';
import type { Log } from '../../core/log';
import { DirectoryWatcher } from '../sources/directory-watcher';
import { storeDirectories } from './store-directories';

const delayMs = 500;

/** What a store has, as it was when it was last read. */
export class StoreContents implements vscode.Disposable {
  readonly #log: Log;
  /** Not recursive: models may be many gigabytes. */
  readonly #watcher: DirectoryWatcher;
  /** `BENTOML_HOME`, absolute; empty before the first reading. */
  home = '';
  bentos: readonly StoreBento[] = [];
  /** Nobody looks at them for long, and there may be many: only where they are wanted. */
  models: readonly StoreModel[] = [];
  wantsModels = false;

  /** `changed`: told of paths at which, or beside which, something may be different. */
  constructor(clock: Clock, log: Log, changed: (paths: readonly string[]) => void) {
    this.#log = log;
    this.#watcher = new DirectoryWatcher(clock, delayMs, changed);
  }

  /** `home`: `BENTOML_HOME`. `folder`: the workspace folder whose settings hold for built bentos. */
  async read(home: string, folder: string): Promise<void> {
    const { storeBentos, storeModels } = await import('../after-activation');
    const options = { home, files: nodeFileTree, log: this.#log };
    const [bentos, models] = await Promise.all([
      storeBentos({ ...options, folder }),
      this.wantsModels ? storeModels(options) : undefined,
    ]);
    this.home = home;
    this.bentos = bentos;
    this.models = models ?? [];
    const built = bentos.map(({ workingDir }) => workingDir);
    const saved = models?.map(({ directory }) => directory);
    this.#watcher.watch([
      ...storeDirectories(path.join(home, 'bentos'), built),
      ...(saved === undefined ? [] : storeDirectories(path.join(home, 'models'), saved)),
    ]);
  }

  dispose(): void {
    this.#watcher.dispose();
  }
}
