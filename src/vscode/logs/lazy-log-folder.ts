import path from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../../core/clock';
import type { Log } from '../../core/log';
import type { LogFolder } from '../../core/logs/log-folder';
import { textOf } from '../../core/messages/message';
import { plainWindow } from '../plain-window';
import { translated } from '../problems/problem-text';

/**
 * The folder with the log files of components, opened at its first use. It is in the extension's storage: VS Code
 * begins a new folder for its own logs at each start, and users look for what happened before it.
 */
export class LazyLogFolder {
  readonly #storage: vscode.Uri;
  readonly #log: Log;
  #folder: Promise<LogFolder> | undefined;

  constructor(storage: vscode.Uri, log: Log) {
    this.#storage = storage;
    this.#log = log;
  }

  open(): Promise<LogFolder> {
    return (this.#folder ??= this.#load());
  }

  /** Resolves when everything has been written. */
  async flushed(): Promise<void> {
    await (await this.#folder)?.flushed();
  }

  async #load(): Promise<LogFolder> {
    const { LogFolder } = await import('../../core/registry/serving');
    return new LogFolder({
      directory: path.join(this.#storage.fsPath, 'logs'),
      clock: systemClock,
      log: this.#log,
      onFailure: (message) => {
        this.#log.warn(textOf(message));
        void plainWindow.showWarningMessage(translated(message, vscode.l10n));
      },
    });
  }
}
