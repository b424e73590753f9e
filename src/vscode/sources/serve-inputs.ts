import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../../core/clock';
import type { Debugpy, DebugpySources } from '../../core/debug/debugpy-source';
import type { DiscoveredBento } from '../../core/discovery/discovered-bento';
import { bentomlHome } from '../../core/discovery/store';
import type { Interpreter } from '../../core/interpreter/interpreter';
import { KeyedFiles } from '../../core/keyed-files';
import { InterpreterFinder, type FindOptions } from '../../core/interpreter/interpreter-finder';
import type { PythonTools } from '../../core/interpreter/probe-report';
import type { Log } from '../../core/log';
import { orphanTracking } from '../../core/orphans/orphans';
import { runOnRecord } from '../../core/orphans/run-on-record';
import { createRun, type Run } from '../../core/programs/run';
import type { ChosenProfiles } from '../../core/registry/chosen-profiles';
import type { ChosenTargets } from '../../core/registry/chosen-targets';
import { bentomlVariables } from '../../core/settings/bentoml-variables';
import { readEnvFiles } from '../../core/settings/env-files';
import { settingsFor } from '../../core/settings/parse-folder-settings';
import {
  privilegedVariables,
  type PrivilegedVariable,
} from '../../core/settings/privileged-variables';
import { secretUses, withSecrets } from '../../core/settings/secrets';
import type { FolderSettings, ServeSettings } from '../../core/settings/serve-settings';
import { servingEnvironment } from '../../core/target/local/prepare/serving-environment';
import { assertTrusted } from '../trust/assert-trusted';
import type { Secrets } from '../trust/secrets';
import { onDidSelectInterpreter, selectedInterpreter } from './python-extension';

export interface ServeInputsOptions {
  readonly settingsOf: (folder: string) => FolderSettings;
  readonly usersOwnSettingsOf: (folder: string) => FolderSettings;
  readonly chosen: ChosenProfiles;
  readonly targets: ChosenTargets;
  readonly secrets: Secrets;
  readonly log: Log;
  /** The folder of the extension. */
  readonly home: string;
  /** The folder with the records of processes. */
  readonly runFiles: string;
  /** The folder with the stored interpreter reports. */
  readonly interpreterFacts: string;
  readonly onDidChangeInterpreter: () => void;
}

type Variables = Readonly<Record<string, string>>;

/** The settings, interpreters and variables that bentos are served with. */
export class ServeInputs implements vscode.Disposable {
  readonly #options: ServeInputsOptions;
  #finder: InterpreterFinder | undefined;
  #run: Run | undefined;
  #selection: vscode.Disposable | undefined;

  constructor(options: ServeInputsOptions) {
    this.#options = options;
  }

  settingsFor({ folder, entry, id }: DiscoveredBento): ServeSettings {
    const { settingsOf, chosen, targets } = this.#options;
    const settings = settingsFor(settingsOf(folder), entry, chosen.of(id));
    const { kind } = targets.of(id);
    return kind === undefined || kind === settings.target
      ? settings
      : { ...settings, target: kind };
  }

  usersOwnSettings({ id, folder }: DiscoveredBento): ServeSettings {
    const { usersOwnSettingsOf, chosen } = this.#options;
    return settingsFor(usersOwnSettingsOf(folder), undefined, chosen.of(id));
  }

  /** `BENTOML_HOME`, absolute, as the settings of a folder have it. */
  bentomlHome(folder: string): string {
    const { defaults } = this.#options.settingsOf(folder);
    const own = bentomlVariables(defaults)['BENTOML_HOME'];
    return bentomlHome(typeof own === 'string' ? { BENTOML_HOME: own } : process.env);
  }

  fileVariables({ envFile }: ServeSettings): Promise<Variables> {
    return readEnvFiles(envFile, process.env);
  }

  privilegedVariables(
    bento: DiscoveredBento,
    settings: ServeSettings,
    fileVariables: Variables,
  ): readonly PrivilegedVariable[] {
    const wanted = { ...fileVariables, ...bentomlVariables(settings, fileVariables) };
    const own = bentomlVariables(this.usersOwnSettings(bento));
    return privilegedVariables(wanted, own, process.platform);
  }

  async findInterpreter(
    { folder, workingDir }: DiscoveredBento,
    settings: ServeSettings,
    signal: AbortSignal,
    options: FindOptions = {},
  ): Promise<Interpreter> {
    const request = { folder, workingDir, settings, signal, ...options };
    const found = await this.#interpreters.find(request);
    // The search has started the Python extension if it is installed.
    this.#selection ??= onDidSelectInterpreter(this.#options.onDidChangeInterpreter);
    return found;
  }

  pythonTools(python: string, bento: DiscoveredBento | undefined): Promise<PythonTools> {
    const workingDir = bento?.workingDir ?? os.homedir();
    const settings = bento === undefined ? { env: {} } : this.settingsFor(bento);
    return this.#interpreters.tools(python, { workingDir, settings });
  }

  debugpy(
    python: string,
    bento: DiscoveredBento,
    sources: DebugpySources,
    signal: AbortSignal,
  ): Promise<Debugpy> {
    const settings = this.settingsFor(bento);
    const { workingDir } = bento;
    return this.#interpreters.debugpy(python, sources, { workingDir, settings, signal });
  }

  async environmentFor(
    { folder }: DiscoveredBento,
    settings: ServeSettings,
    interpreter: Pick<Interpreter, 'path'>,
    fileVariables: Variables,
  ): Promise<Variables> {
    const valueOf = await this.#options.secrets.of(folder, secretUses(settings.env));
    const env = withSecrets(settings.env, valueOf);
    return servingEnvironment(process.env, { ...settings, env }, interpreter, fileVariables);
  }

  /** Runs programs on record, in a trusted workspace only. */
  get run(): Run {
    if (this.#run !== undefined) return this.#run;
    const { runFiles, log } = this.#options;
    const { runs } = orphanTracking({
      folder: runFiles,
      platform: process.platform,
      assertTrusted,
      log,
      clock: systemClock,
    });
    return (this.#run = runOnRecord(createRun(assertTrusted), runs));
  }

  dispose(): void {
    this.#selection?.dispose();
  }

  get #interpreters(): InterpreterFinder {
    const { home, log } = this.#options;
    return (this.#finder ??= new InterpreterFinder({
      run: this.run,
      script: path.join(home, 'dist/python/probe.py'),
      cwd: home,
      env: process.env,
      platform: process.platform,
      selected: selectedInterpreter,
      log,
      stored: {
        files: new KeyedFiles({ directory: this.#options.interpreterFacts, limit: 50 }),
        clock: systemClock,
        onRefuted: this.#options.onDidChangeInterpreter,
      },
    }));
  }
}
