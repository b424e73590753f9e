import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { DiscoveredBento } from '../core/discovery/discovered-bento';
import { nodeFileTree } from '../core/discovery/file-tree';
import { bentomlHome, storeBentos, type StoreBento } from '../core/discovery/store';
import { Emitter, type Event } from '../core/events';
import { createRun } from '../core/launch/run';
import type { Log } from '../core/log';
import type { Interpreter } from '../core/python/interpreter';
import { InterpreterFinder } from '../core/python/interpreter-finder';
import type { BentoSources } from '../core/serve/bento-registry';
import { servingEnvironment } from '../core/serve/serving-environment';
import { settingsFor } from '../core/settings/parse-folder-settings';
import type { FolderSettings, ServeSettings } from '../core/settings/serve-settings';
import { FolderSources, readSettings } from './folder-sources';
import { settingsSection } from './identifiers';
import { selectedInterpreter } from './python-extension';

/** Everything that the window's folders and the bento store offer. */
export class WindowSources implements BentoSources, vscode.Disposable {
  readonly #log: Log;
  readonly #finder: InterpreterFinder;
  readonly #folders = new Map<string, FolderSources>();
  readonly #discovered = new Emitter<void>();
  readonly #subscription: vscode.Disposable;
  #store: readonly StoreBento[] = [];
  #done = false;

  constructor(extension: vscode.ExtensionContext, log: Log) {
    this.#log = log;
    this.#finder = new InterpreterFinder({
      run: createRun(() => vscode.workspace.isTrusted),
      script: path.join(extension.extensionPath, 'dist/python/probe.py'),
      cwd: extension.extensionPath,
      env: process.env,
      platform: process.platform,
      selected: selectedInterpreter,
      log,
    });
    const home = vscode.Uri.file(bentomlHome(process.env, os.homedir()));
    const store = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.joinPath(home, 'bentos'), '*/*/bento.yaml'),
    );
    const storeChanged = (): void => void this.#readStore();
    this.#subscription = vscode.Disposable.from(
      store,
      store.onDidCreate(storeChanged),
      store.onDidDelete(storeChanged),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.refresh()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.#configure()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        const concerns = ['files.exclude', settingsSection].some((section) =>
          change.affectsConfiguration(section),
        );
        if (concerns) void this.#configure();
      }),
    );
  }

  readonly onDidDiscover: Event<void> = this.#discovered.event;

  /** The first discovery is over. */
  get done(): boolean {
    return this.#done;
  }

  discovered(): readonly DiscoveredBento[] {
    const own = [...this.#folders.values()].flatMap(({ catalog }) => catalog.bentos);
    const known = new Set(own.map(({ id }) => id));
    return [...own, ...this.#store.filter(({ id }) => !known.has(id))];
  }

  async refresh(): Promise<void> {
    await this.#readStore();
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
      const sources = new FolderSources(workspaceFolder, this.#store, this.#log);
      sources.catalog.onDidChange(() => this.#discovered.fire());
      this.#folders.set(folder, sources);
    }
    await Promise.all([...this.#folders.values()].map((sources) => this.#read(sources)));
    this.#done = true;
    this.#discovered.fire();
  }

  settingsFor(bento: DiscoveredBento): ServeSettings {
    return settingsFor(this.folderSettings(bento.folder), bento.entry);
  }

  folderSettings(folder: string): FolderSettings {
    return this.#folders.get(folder)?.settings ?? readSettings(firstFolder());
  }

  findInterpreter(
    bento: DiscoveredBento,
    settings: ServeSettings,
    signal: AbortSignal,
  ): Promise<Interpreter> {
    const folder = bento.folder === '' ? (firstFolder()?.fsPath ?? os.homedir()) : bento.folder;
    return this.#finder.find({ folder, workingDir: bento.workingDir, settings, signal });
  }

  environmentFor(
    settings: ServeSettings,
    interpreter: Interpreter,
  ): Promise<Readonly<Record<string, string>>> {
    return servingEnvironment(process.env, settings, interpreter);
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const folder of this.#folders.values()) folder.dispose();
    this.#discovered.dispose();
  }

  async #read({ catalog }: FolderSources): Promise<void> {
    try {
      await catalog.refresh();
    } catch (error) {
      this.#log.warn(`discovery: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #readStore(): Promise<void> {
    this.#store = await storeBentos({
      home: bentomlHome(process.env, os.homedir()),
      files: nodeFileTree,
      log: this.#log,
    });
    await this.#configure();
  }

  async #configure(): Promise<void> {
    await Promise.all([...this.#folders.values()].map((folder) => folder.configure(this.#store)));
    this.#discovered.fire();
  }
}

const firstFolder = (): vscode.Uri | undefined => vscode.workspace.workspaceFolders?.[0]?.uri;
