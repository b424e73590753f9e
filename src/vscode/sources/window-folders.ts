import * as vscode from 'vscode';
import type { BuildFileProblem } from '../../core/discovery/build-file/build-file-problems';
import type { DiscoveredBento } from '../../core/discovery/discovered-bento';
import type { StoreBento } from '../../core/discovery/store';
import type { Log } from '../../core/log';
import type { FolderSettings } from '../../core/settings/serve-settings';
import { FolderSources, readSettings, readUsersOwnSettings } from './folder-sources';

export interface WindowFoldersOptions {
  readonly log: Log;
  readonly onDidDiscover: () => void;
  /** Gets absolute paths. */
  readonly onDidChangeFiles: (paths: readonly string[]) => void;
}

/** The workspace folders on disk, each with its settings and its catalog of bentos. */
export class WindowFolders implements vscode.Disposable {
  readonly #options: WindowFoldersOptions;
  readonly #folders = new Map<string, FolderSources>();
  /** Settings of bentos outside of every folder. They are cached: every bento of the store needs them. */
  #windowSettings: FolderSettings | undefined;
  /** The user's own settings by folder. They are cached: VS Code copies much of its configuration for each setting read. */
  readonly #usersOwn = new Map<string, FolderSettings>();

  constructor(options: WindowFoldersOptions) {
    this.#options = options;
  }

  /** The path of the first folder. */
  get first(): string | undefined {
    return firstFolder()?.fsPath;
  }

  get bentos(): readonly DiscoveredBento[] {
    return [...this.#folders.values()].flatMap(({ catalog }) => catalog.bentos);
  }

  get buildFileProblems(): readonly BuildFileProblem[] {
    return [...this.#folders.values()].flatMap(({ catalog }) => catalog.buildFileProblems);
  }

  get settings(): readonly FolderSettings[] {
    return [...this.#folders.values()].map(({ settings }) => settings);
  }

  /** The settings in force for a path: those of its workspace folder, or those of the window. */
  settingsOf(folder: string): FolderSettings {
    return (
      this.#folders.get(folder)?.settings ?? (this.#windowSettings ??= readSettings(firstFolder()))
    );
  }

  /** Returns the user's own settings for a path, without those of the workspace. */
  usersOwnSettingsOf(folder: string): FolderSettings {
    const own = this.#usersOwn.get(folder) ?? readUsersOwnSettings(vscode.Uri.file(folder));
    this.#usersOwn.set(folder, own);
    return own;
  }

  /** Adds and removes folders as the workspace has, and reads all of them. */
  async refresh(store: readonly StoreBento[]): Promise<void> {
    this.#forgetSettings();
    const wanted = new Map(
      (vscode.workspace.workspaceFolders ?? [])
        .filter(({ uri }) => uri.scheme === 'file')
        .map((folder) => [folder.uri.fsPath, folder]),
    );
    for (const [folder, sources] of this.#folders) {
      if (wanted.has(folder)) continue;
      sources.dispose();
      this.#folders.delete(folder);
    }
    for (const [folder, workspaceFolder] of wanted) {
      if (this.#folders.has(folder)) continue;
      const sources = new FolderSources(workspaceFolder, store, this.#options.log);
      sources.catalog.onDidChange(this.#options.onDidDiscover);
      sources.onDidChangeFiles(this.#options.onDidChangeFiles);
      this.#folders.set(folder, sources);
    }
    await Promise.all([...this.#folders.values()].map((sources) => this.#read(sources)));
  }

  /** Reads the settings again. */
  async configure(store: readonly StoreBento[]): Promise<void> {
    this.#forgetSettings();
    await Promise.all([...this.#folders.values()].map((folder) => folder.configure(store)));
  }

  dispose(): void {
    for (const folder of this.#folders.values()) folder.dispose();
  }

  #forgetSettings(): void {
    this.#windowSettings = undefined;
    this.#usersOwn.clear();
  }

  async #read({ catalog }: FolderSources): Promise<void> {
    try {
      await catalog.refresh();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.warn(`discovery: ${reason}`);
    }
  }
}

const firstFolder = (): vscode.Uri | undefined =>
  vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
