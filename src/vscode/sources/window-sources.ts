import os from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { BentoProfiles } from '../../core/bento-manager';
import { systemClock } from '../../core/clock';
import type { BuildFileProblem } from '../../core/discovery/build-file/build-file-problems';
import type { Debugpy, DebugpySources } from '../../core/debug/debugpy-source';
import type { DiscoveredBento } from '../../core/discovery/discovered-bento';
import { isSource } from '../../core/discovery/files/source-walk';
import { Emitter, type Event } from '../../core/events';
import type { Interpreter } from '../../core/interpreter/interpreter';
import type { FindOptions } from '../../core/interpreter/interpreter-finder';
import type { PythonTools } from '../../core/interpreter/probe-report';
import type { Log } from '../../core/log';
import type { Run } from '../../core/programs/run';
import type { BentoSources } from '../../core/registry/bento-sources';
import { ChosenProfiles } from '../../core/registry/chosen-profiles';
import { ChosenTargets } from '../../core/registry/chosen-targets';
import { UsedEngines } from '../../core/registry/used-engines';
import type { TargetChoice } from '../../core/target/target-choice';
import type { PrivilegedVariable } from '../../core/settings/privileged-variables';
import type { FolderSettings, ServeSettings } from '../../core/settings/serve-settings';
import { settingsSection } from '../identifiers';
import { interpreterFactsFolder } from '../lifecycle/stored-folders';
import { runFilesFolder } from '../lifecycle/run-files-folder';
import { StoreContents } from '../store/store-contents';
import type { Secrets } from '../trust/secrets';
import type { ServeInputs } from './serve-inputs';
import { OutsideSources } from './outside-sources';
import type { WindowFolders } from './window-folders';

/** Loaded with the first discovery: activation needs neither settings nor parsers. */
interface Loaded {
  readonly folders: WindowFolders;
  readonly inputs: ServeInputs;
}

/** Everything that the window's folders and the bento store offer. */
export class WindowSources implements BentoSources, vscode.Disposable {
  readonly store: StoreContents;
  readonly #log: Log;
  readonly #home: string;
  readonly #runFiles: string;
  readonly #interpreterFacts: string;
  readonly #secrets: Secrets;
  readonly #chosen: ChosenProfiles;
  readonly #targets: ChosenTargets;
  readonly usedEngines: UsedEngines;
  readonly #discovered = new Emitter<void>();
  readonly #interpreterChanged = new Emitter<void>();
  readonly #filesChanged = new Emitter<readonly string[]>();
  readonly #outside: OutsideSources;
  readonly #subscription: vscode.Disposable;
  readonly #storeRead = new Emitter<readonly string[]>();
  #done = false;
  #first: Promise<void> | undefined;
  #loading: Promise<Loaded> | undefined;
  #loaded: Loaded | undefined;

  constructor(extension: vscode.ExtensionContext, secrets: Secrets, log: Log) {
    this.#secrets = secrets;
    this.#chosen = new ChosenProfiles(extension.workspaceState);
    this.#targets = new ChosenTargets(extension.workspaceState);
    this.usedEngines = new UsedEngines(extension.workspaceState);
    this.#log = log;
    this.#home = extension.extensionPath;
    this.#runFiles = runFilesFolder(extension);
    this.#interpreterFacts = interpreterFactsFolder(extension);
    this.store = new StoreContents(systemClock, log, (paths) =>
      this.#follow(this.readStore(paths)),
    );
    this.#outside = new OutsideSources(systemClock, (paths) => this.#filesChanged.fire(paths));
    this.#subscription = vscode.Disposable.from(
      this.store,
      this.#outside,
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#follow(this.refresh())),
      // The watchers tell of every writer, and take their time for it; who saves in an editor is waiting.
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (uri.scheme === 'file' && isSource(path.basename(uri.fsPath))) {
          this.#filesChanged.fire([uri.fsPath]);
        }
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#follow(this.#configure())),
      vscode.workspace.onDidChangeConfiguration((change) => {
        const concerns = ['files.exclude', settingsSection].some((section) =>
          change.affectsConfiguration(section),
        );
        // At once, as a serve may follow; the store may be elsewhere, too.
        if (concerns) this.#follow(this.#configure().then(() => this.readStore()));
      }),
    );
  }

  readonly onDidDiscover: Event<void> = this.#discovered.event;
  readonly onDidChangeInterpreter: Event<void> = this.#interpreterChanged.event;
  readonly onDidChangeFiles: Event<readonly string[]> = this.#filesChanged.event;
  /** Tells the paths at which, or beside which, something may be different; none: everywhere. */
  readonly onDidReadStore: Event<readonly string[]> = this.#storeRead.event;

  /** The first discovery is over. */
  get done(): boolean {
    return this.#done;
  }

  /** Resolves when the first discovery is over. */
  whenDone(): Promise<void> {
    return (this.#first ??= this.refresh());
  }

  discovered(): readonly DiscoveredBento[] {
    // An entry of the settings may name a built bento, which is its folder's then.
    const bentos = new Map<string, DiscoveredBento>();
    for (const bento of [...(this.#loaded?.folders.bentos ?? []), ...this.store.bentos]) {
      // Each folder has the bentos that the user's own settings watch.
      const { id, name, addresses } = bento;
      const key = addresses === undefined ? id : [name, ...addresses].join(' ');
      if (!bentos.has(key)) bentos.set(key, bento);
    }
    return [...bentos.values()];
  }

  buildFileProblems(): readonly BuildFileProblem[] {
    return this.#loaded?.folders.buildFileProblems ?? [];
  }

  hasFolder(folder: string): boolean {
    return vscode.workspace.workspaceFolders?.some(({ uri }) => uri.fsPath === folder) === true;
  }

  watchServed(files: readonly string[]): void {
    this.#follow(this.#outside.watch(files));
  }

  async refresh(): Promise<void> {
    const { folders } = await this.#load();
    await this.readStore();
    await folders.refresh(this.store.bentos);
    this.#done = true;
    this.#discovered.fire();
  }

  /** Reads the models of the store from now on. They are not read until they are shown. */
  async readModels(): Promise<void> {
    if (this.store.wantsModels) return;
    this.store.wantsModels = true;
    await this.readStore();
  }

  /** `changed`: see `onDidReadStore`. */
  async readStore(changed: readonly string[] = []): Promise<void> {
    const { inputs, folders } = await this.#load();
    const folder = folders.first ?? os.homedir();
    await this.store.read(inputs.bentomlHome(folder), folder);
    await this.#configure();
    this.#storeRead.fire(changed);
  }

  settingsFor(bento: DiscoveredBento): ServeSettings {
    return this.#inputs.settingsFor(bento);
  }

  profiles({ folder, id, source }: DiscoveredBento): BentoProfiles {
    // Nothing of it is set here.
    if (source === 'remote') return { names: [] };
    return this.#chosen.profiles(id, this.folderSettings(folder));
  }

  targetChoice({ id }: DiscoveredBento): TargetChoice {
    return this.#targets.of(id);
  }

  chooseTarget({ id }: DiscoveredBento, choice: TargetChoice): void {
    this.#targets.choose(id, choice);
  }

  settleTarget({ id }: DiscoveredBento, isKept: boolean): boolean {
    return this.#targets.settle(id, isKept);
  }

  chooseProfile({ id }: DiscoveredBento, name: string | undefined): void {
    this.#chosen.choose(id, name);
  }

  /** Returns the settings of every folder of the window. */
  allSettings(): readonly FolderSettings[] {
    return this.#loaded?.folders.settings ?? [];
  }

  folderSettings(folder: string): FolderSettings {
    return this.#parts.folders.settingsOf(folder);
  }

  usersOwnSettings(bento: DiscoveredBento): ServeSettings {
    return this.#inputs.usersOwnSettings(bento);
  }

  fileVariables(settings: ServeSettings): Promise<Readonly<Record<string, string>>> {
    return this.#inputs.fileVariables(settings);
  }

  privilegedVariables(
    bento: DiscoveredBento,
    settings: ServeSettings,
    fileVariables: Readonly<Record<string, string>>,
  ): readonly PrivilegedVariable[] {
    return this.#inputs.privilegedVariables(bento, settings, fileVariables);
  }

  findInterpreter(
    bento: DiscoveredBento,
    settings: ServeSettings,
    signal: AbortSignal,
    options: FindOptions = {},
  ): Promise<Interpreter> {
    return this.#inputs.findInterpreter(bento, settings, signal, options);
  }

  /** Returns the tools that can install packages for an interpreter and build bentos with it. */
  pythonTools(python: string, bento: DiscoveredBento | undefined): Promise<PythonTools> {
    return this.#inputs.pythonTools(python, bento);
  }

  /** Returns the debugpy for an interpreter, or how to install it. */
  debugpy(
    python: string,
    bento: DiscoveredBento,
    sources: DebugpySources,
    signal: AbortSignal,
  ): Promise<Debugpy> {
    return this.#inputs.debugpy(python, bento, sources, signal);
  }

  environmentFor(
    bento: DiscoveredBento,
    settings: ServeSettings,
    interpreter: Pick<Interpreter, 'path'>,
    fileVariables: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>>> {
    return this.#inputs.environmentFor(bento, settings, interpreter, fileVariables);
  }

  /** Runs programs on record, in a trusted workspace only. */
  get run(): Run {
    return this.#inputs.run;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#loaded?.folders.dispose();
    this.#loaded?.inputs.dispose();
    this.#interpreterChanged.dispose();
    this.#filesChanged.dispose();
    this.#storeRead.dispose();
    this.#discovered.dispose();
  }

  get #inputs(): ServeInputs {
    return this.#parts.inputs;
  }

  /** Bentos are known only after the first discovery, and nothing is asked of this class without one. */
  get #parts(): Loaded {
    if (this.#loaded === undefined) throw new Error('discovery has not begun');
    return this.#loaded;
  }

  #load(): Promise<Loaded> {
    return (this.#loading ??= this.#import());
  }

  async #import(): Promise<Loaded> {
    // After activation, not at its end: it is not to wait for this.
    await nextTurn();
    const { ServeInputs, WindowFolders } = await import('../after-activation');
    const folders = new WindowFolders({
      log: this.#log,
      onDidDiscover: () => this.#discovered.fire(),
      onDidChangeFiles: (paths) => this.#filesChanged.fire(paths),
    });
    const inputs = new ServeInputs({
      settingsOf: (folder) => folders.settingsOf(folder),
      usersOwnSettingsOf: (folder) => folders.usersOwnSettingsOf(folder),
      chosen: this.#chosen,
      targets: this.#targets,
      secrets: this.#secrets,
      log: this.#log,
      home: this.#home,
      runFiles: this.#runFiles,
      interpreterFacts: this.#interpreterFacts,
      onDidChangeInterpreter: () => this.#interpreterChanged.fire(),
    });
    return (this.#loaded = { folders, inputs });
  }

  async #configure(): Promise<void> {
    await this.#loaded?.folders.configure(this.store.bentos);
    this.#discovered.fire();
  }

  #follow(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#log.warn(`Looking for bentos failed: ${String(error)}`));
  }
}
