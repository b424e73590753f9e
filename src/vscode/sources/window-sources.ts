import os from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { BentoProfiles } from '../../core/bento-manager';
import { systemClock } from '../../core/clock';
import type { BuildFileProblem } from '../../core/discovery/build-file/build-file-problems';
import type { DiscoveredBento } from '../../core/discovery/discovered-bento';
import { isSource } from '../../core/discovery/files/source-walk';
import { Emitter, type Event } from '../../core/events';
import type { Log } from '../../core/log';
import type { Interpreter } from '../../core/interpreter/interpreter';
import type { Run } from '../../core/programs/run';
import type { InterpreterFinder } from '../../core/interpreter/interpreter-finder';
import type { PythonTools } from '../../core/interpreter/probe-report';
import { ChosenProfiles } from '../../core/registry/chosen-profiles';
import type { BentoSources } from '../../core/registry/bento-sources';
import type { PrivilegedVariable } from '../../core/settings/privileged-variables';
import type { FolderSettings, ServeSettings } from '../../core/settings/serve-settings';
import { assertTrusted } from '../trust/assert-trusted';
import type * as Later from '../later';
import type { FolderSources } from './folder-sources';
import { settingsSection } from '../identifiers';
import { onDidSelectInterpreter, selectedInterpreter } from './python-extension';
import { runFilesFolder } from '../lifecycle/run-files-folder';
import type { Secrets } from '../trust/secrets';
import { StoreContents } from '../store/store-contents';

/** Everything that the window's folders and the bento store offer. */
export class WindowSources implements BentoSources, vscode.Disposable {
  readonly store: StoreContents;
  readonly #log: Log;
  readonly #home: string;
  readonly #runFiles: string;
  readonly #secrets: Secrets;
  readonly #chosen: ChosenProfiles;
  readonly #folders = new Map<string, FolderSources>();
  readonly #discovered = new Emitter<void>();
  readonly #interpreterChanged = new Emitter<void>();
  readonly #filesChanged = new Emitter<readonly string[]>();
  readonly #subscription: vscode.Disposable;
  readonly #storeRead = new Emitter<readonly string[]>();
  #done = false;
  #first: Promise<void> | undefined;
  #loaded: typeof Later | undefined;
  #finder: InterpreterFinder | undefined;
  #run: Run | undefined;
  /** For what is in no folder: read once, as every bento of the store asks for them. */
  #windowSettings: FolderSettings | undefined;
  #selection: vscode.Disposable | undefined;

  constructor(extension: vscode.ExtensionContext, secrets: Secrets, log: Log) {
    this.#secrets = secrets;
    this.#chosen = new ChosenProfiles(extension.workspaceState);
    this.#log = log;
    this.#home = extension.extensionPath;
    this.#runFiles = runFilesFolder(extension);
    this.store = new StoreContents(systemClock, log, (paths) =>
      this.#follow(this.readStore(paths)),
    );
    this.#subscription = vscode.Disposable.from(
      this.store,
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
    const own = [...this.#folders.values()].flatMap(({ catalog }) => catalog.bentos);
    for (const bento of [...own, ...this.store.bentos]) {
      // What the user's own settings watch, each folder has.
      const { id, name, addresses } = bento;
      const key = addresses === undefined ? id : [name, ...addresses].join(' ');
      if (!bentos.has(key)) bentos.set(key, bento);
    }
    return [...bentos.values()];
  }

  buildFileProblems(): readonly BuildFileProblem[] {
    return [...this.#folders.values()].flatMap(({ catalog }) => catalog.buildFileProblems);
  }

  hasFolder(folder: string): boolean {
    return vscode.workspace.workspaceFolders?.some(({ uri }) => uri.fsPath === folder) === true;
  }

  async refresh(): Promise<void> {
    const { FolderSources } = await this.#load();
    this.#windowSettings = undefined;
    await this.readStore();
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
      const sources = new FolderSources(workspaceFolder, this.store.bentos, this.#log);
      sources.catalog.onDidChange(() => this.#discovered.fire());
      sources.onDidChangeFiles((paths) => this.#filesChanged.fire(paths));
      this.#folders.set(folder, sources);
    }
    await Promise.all([...this.#folders.values()].map((sources) => this.#read(sources)));
    this.#done = true;
    this.#discovered.fire();
  }

  /** From now on: until somebody looks at them, they are not read. */
  async readModels(): Promise<void> {
    if (this.store.wantsModels) return;
    this.store.wantsModels = true;
    await this.readStore();
  }

  /** `changed`: see `onDidReadStore`. */
  async readStore(changed: readonly string[] = []): Promise<void> {
    const later = await this.#load();
    const folder = firstFolder()?.fsPath ?? os.homedir();
    const own = later.bentomlVariables(this.folderSettings(folder).defaults)['BENTOML_HOME'];
    const home = later.bentomlHome(typeof own === 'string' ? { BENTOML_HOME: own } : process.env);
    await this.store.read(later, home, folder);
    await this.#configure();
    this.#storeRead.fire(changed);
  }

  settingsFor(bento: DiscoveredBento): ServeSettings {
    const { folder, entry, id } = bento;
    return this.#later.settingsFor(this.folderSettings(folder), entry, this.#chosen.of(id));
  }

  profiles({ folder, id, source }: DiscoveredBento): BentoProfiles {
    // Nothing of it is set here.
    if (source === 'remote') return { names: [] };
    return this.#chosen.profiles(id, this.folderSettings(folder));
  }

  chooseProfile({ id }: DiscoveredBento, name: string | undefined): void {
    this.#chosen.choose(id, name);
  }

  /** Of every folder of the window. */
  allSettings(): readonly FolderSettings[] {
    return [...this.#folders.values()].map(({ settings }) => settings);
  }

  folderSettings(folder: string): FolderSettings {
    return (
      this.#folders.get(folder)?.settings ??
      (this.#windowSettings ??= this.#later.readSettings(firstFolder()))
    );
  }

  usersOwnSettings({ id, folder }: DiscoveredBento): ServeSettings {
    const { settingsFor, readUsersOwnSettings } = this.#later;
    const own = readUsersOwnSettings(vscode.Uri.file(folder));
    return settingsFor(own, undefined, this.#chosen.of(id));
  }

  fileVariables({ envFile }: ServeSettings): Promise<Readonly<Record<string, string>>> {
    return this.#later.readEnvFiles(envFile, process.env);
  }

  privilegedVariables(
    bento: DiscoveredBento,
    settings: ServeSettings,
    fileVariables: Readonly<Record<string, string>>,
  ): readonly PrivilegedVariable[] {
    const { bentomlVariables, privilegedVariables } = this.#later;
    const wanted = { ...fileVariables, ...bentomlVariables(settings, fileVariables) };
    const own = bentomlVariables(this.usersOwnSettings(bento));
    return privilegedVariables(wanted, own, process.platform);
  }

  async findInterpreter(
    bento: DiscoveredBento,
    settings: ServeSettings,
    signal: AbortSignal,
  ): Promise<Interpreter> {
    const { folder, workingDir } = bento;
    const found = await this.#interpreters.find({ folder, workingDir, settings, signal });
    // Asking for its choice has started the Python extension, where it is there.
    this.#selection ??= onDidSelectInterpreter(() => this.#interpreterChanged.fire());
    return found;
  }

  /** What can install packages into an interpreter and build bentos with it. */
  pythonTools(python: string, bento: DiscoveredBento | undefined): Promise<PythonTools> {
    const workingDir = bento?.workingDir ?? os.homedir();
    const settings = bento === undefined ? { env: {} } : this.settingsFor(bento);
    return this.#interpreters.tools(python, { workingDir, settings });
  }

  async environmentFor(
    bento: DiscoveredBento,
    settings: ServeSettings,
    interpreter: Interpreter,
    fileVariables: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>>> {
    const { secretUses, servingEnvironment, withSecrets } = this.#later;
    const valueOf = await this.#secrets.of(bento.folder, secretUses(settings.env));
    const env = withSecrets(settings.env, valueOf);
    return servingEnvironment(process.env, { ...settings, env }, interpreter, fileVariables);
  }

  /** Runs programs on record, in a trusted workspace only. */
  get run(): Run {
    if (this.#run !== undefined) return this.#run;
    const { createRun, orphanTracking, runOnRecord } = this.#later;
    const { runs } = orphanTracking({
      folder: this.#runFiles,
      platform: process.platform,
      assertTrusted,
      log: this.#log,
      clock: systemClock,
    });
    return (this.#run = runOnRecord(createRun(assertTrusted), runs));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#selection?.dispose();
    this.#interpreterChanged.dispose();
    this.#filesChanged.dispose();
    this.#storeRead.dispose();
    for (const folder of this.#folders.values()) folder.dispose();
    this.#discovered.dispose();
  }

  get #interpreters(): InterpreterFinder {
    const { InterpreterFinder } = this.#later;
    return (this.#finder ??= new InterpreterFinder({
      run: this.run,
      script: path.join(this.#home, 'dist/python/probe.py'),
      cwd: this.#home,
      env: process.env,
      platform: process.platform,
      selected: selectedInterpreter,
      log: this.#log,
    }));
  }

  async #read({ catalog }: FolderSources): Promise<void> {
    try {
      await catalog.refresh();
    } catch (error) {
      this.#log.warn(`discovery: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Bentos are known only after it was loaded, and nothing is asked of this class without one. */
  get #later(): typeof Later {
    if (this.#loaded === undefined) throw new Error('discovery has not begun');
    return this.#loaded;
  }

  async #load(): Promise<typeof Later> {
    // After activation, not at its end: it is not to wait for this.
    if (this.#loaded === undefined) await nextTurn();
    return (this.#loaded ??= await import('../later'));
  }

  async #configure(): Promise<void> {
    this.#windowSettings = undefined;
    await Promise.all(
      [...this.#folders.values()].map((folder) => folder.configure(this.store.bentos)),
    );
    this.#discovered.fire();
  }

  #follow(work: Promise<unknown>): void {
    work.catch((error: unknown) => this.#log.warn(`Looking for bentos failed: ${String(error)}`));
  }
}

const firstFolder = (): vscode.Uri | undefined =>
  vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
