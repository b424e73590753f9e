import os from 'node:os';
import * as vscode from 'vscode';
import { systemClock } from '../../core/clock';
import { BentoCatalog } from '../../core/discovery/bento-catalog';
import type { StoreBento } from '../../core/discovery/store';
import { Emitter, type Event } from '../../core/events';
import type { Log } from '../../core/log';
import { parseFolderSettings } from '../../core/settings/parse-folder-settings';
import { rawSettings, usersOwnSettings } from '../../core/settings/raw-settings';
import type { FolderSettings } from '../../core/settings/serve-settings';
import { watchSources } from './file-watchers';
import { folderPrefixes } from './folder-prefixes';
import { settingsSection } from '../identifiers';

/** One workspace folder: its settings, its catalog and the watcher that keeps the catalog true. */
export class FolderSources implements vscode.Disposable {
  readonly folder: vscode.WorkspaceFolder;
  readonly catalog: BentoCatalog;
  readonly #subscription: vscode.Disposable;
  readonly #filesChanged = new Emitter<readonly string[]>();
  #settings: FolderSettings;

  constructor(folder: vscode.WorkspaceFolder, store: readonly StoreBento[], log: Log) {
    this.folder = folder;
    this.#settings = readSettings(folder.uri);
    this.catalog = new BentoCatalog({
      folder: folder.uri.fsPath,
      log,
      ...this.#configuration(store),
    });
    const follow = (paths: readonly string[]): void => {
      for (const path of paths) {
        this.catalog
          .changed(path)
          .catch((error: unknown) => log.warn(`Cannot read ${path}: ${String(error)}`));
      }
    };
    const saved = (path: string): void => this.#filesChanged.fire([path]);
    this.#subscription = vscode.Disposable.from(
      watchSources(folder.uri, systemClock, saved, follow),
      this.catalog,
      this.#filesChanged,
    );
  }

  /** At once, and of each by itself. */
  readonly onDidChangeFiles: Event<readonly string[]> = this.#filesChanged.event;

  get settings(): FolderSettings {
    return this.#settings;
  }

  /** Takes in changed settings, another store, or another number of folders. */
  async configure(store: readonly StoreBento[]): Promise<void> {
    this.#settings = readSettings(this.folder.uri);
    await this.catalog.configure(this.#configuration(store));
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #configuration(store: readonly StoreBento[]) {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const prefixes = folderPrefixes(
      folders.map(({ name, uri }) => ({ name, path: uri.fsPath })),
      vscode.workspace.workspaceFile !== undefined,
    );
    const idPrefix = prefixes.get(this.folder.uri.fsPath);
    const files = vscode.workspace.getConfiguration('files', this.folder.uri);
    const exclude = Object.entries(files.get<Record<string, unknown>>('exclude', {}));
    return {
      ...(idPrefix === undefined ? {} : { idPrefix }),
      exclude: exclude.filter(([, on]) => on === true).map(([glob]) => glob),
      isConfined: !vscode.workspace.isTrusted,
      entries: this.#settings.bentos,
      watched: this.#settings.watched,
      store,
    };
  }
}

/** The settings in force for a folder; for none, those of the window. */
export function readSettings(folder: vscode.Uri | undefined): FolderSettings {
  const configuration = vscode.workspace.getConfiguration(settingsSection, folder);
  return parse(rawSettings(configuration, vscode.workspace.isTrusted), folder);
}

/** The user's own settings, whatever the workspace says. */
export function readUsersOwnSettings(folder: vscode.Uri): FolderSettings {
  const configuration = vscode.workspace.getConfiguration(settingsSection, folder);
  return parse(usersOwnSettings(configuration), folder);
}

const parse = (raw: object, folder: vscode.Uri | undefined): FolderSettings =>
  parseFolderSettings(raw, {
    workspaceFolder: folder?.fsPath ?? os.homedir(),
    userHome: os.homedir(),
    env: process.env,
    platform: process.platform,
  });
