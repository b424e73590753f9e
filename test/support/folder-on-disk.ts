import os from 'node:os';
import path from 'node:path';
import { BentoCatalog } from '../../src/core/discovery/bento-catalog';
import { Emitter } from '../../src/core/events';
import { createRun } from '../../src/core/programs/run';
import { InterpreterFinder } from '../../src/core/interpreter/interpreter-finder';
import { UsedEngines } from '../../src/core/registry/used-engines';
import type { BentoSources } from '../../src/core/registry/bento-sources';
import { servingEnvironment } from '../../src/core/target/local/prepare/serving-environment';
import { parseFolderSettings, settingsFor } from '../../src/core/settings/parse-folder-settings';
import { defaultSettings } from '../../src/core/settings/default-settings';
import { readEnvFiles } from '../../src/core/settings/env-files';
import { privilegedVariables } from '../../src/core/settings/privileged-variables';
import { rawSettings } from '../../src/core/settings/raw-settings';
import type { FolderSettings } from '../../src/core/settings/serve-settings';
import type { HarnessContext } from './harness';

/** A workspace folder as the extension has it, without VS Code: its settings, its catalog, its interpreter. */
export class FolderOnDisk {
  readonly sources: BentoSources;
  readonly #catalog: BentoCatalog;
  readonly #values: Map<string, unknown>;
  readonly #always: Readonly<Record<string, unknown>>;
  readonly #around: HarnessContext;
  readonly #discovered = new Emitter<void>();
  #settings: FolderSettings;

  /** `always`: settings in force where nothing else is set. */
  constructor(
    around: HarnessContext,
    python: string,
    always: Readonly<Record<string, unknown>> = {},
  ) {
    this.#around = around;
    this.#always = always;
    this.#values = new Map(Object.entries(always));
    const { folder, processEnv, log, assertTrusted } = around;
    this.#settings = this.#read();
    this.#catalog = new BentoCatalog({ folder, log, exclude: [], entries: [] });
    const finder = new InterpreterFinder({
      run: createRun(assertTrusted),
      script: path.resolve('src/python/probe.py'),
      cwd: path.resolve('src/python'),
      env: processEnv,
      platform: process.platform,
      selected: () => Promise.resolve(python),
      log,
    });
    this.#catalog.onDidChange(() => this.#discovered.fire());
    this.sources = {
      hasFolder: () => true,
      discovered: () => this.#catalog.bentos,
      onDidDiscover: this.#discovered.event,
      onDidChangeInterpreter: new Emitter<void>().event,
      onDidChangeFiles: around.onDidChangeFiles,
      watchServed: () => undefined,
      refresh: async () => {
        await this.#catalog.refresh();
      },
      settingsFor: (bento) => settingsFor(this.#settings, bento.entry),
      profiles: () => ({ names: [] }),
      targetChoice: () => ({}),
      chooseTarget: () => undefined,
      usedEngines: new UsedEngines({ get: () => undefined, update: () => Promise.resolve() }),
      settleTarget: () => false,
      chooseProfile: () => undefined,
      folderSettings: () => this.#settings,
      privilegedVariables: (_, own, fileVariables) =>
        privilegedVariables({ ...fileVariables, ...own.env }, {}, process.platform),
      findInterpreter: (bento, settings, signal, options) => {
        const { workingDir } = bento;
        return finder.find({ folder, workingDir, settings, signal, ...options });
      },
      environmentFor: (_, own, interpreter, fileVariables) =>
        Promise.resolve(servingEnvironment(processEnv, own, interpreter, fileVariables)),
      fileVariables: ({ envFile }) => readEnvFiles(envFile, processEnv),
      usersOwnSettings: () => defaultSettings,
    };
  }

  async set(values: Readonly<Record<string, unknown>>): Promise<void> {
    for (const [key, value] of Object.entries(values)) this.#values.set(key, value);
    this.#settings = this.#read();
    await this.#catalog.configure({ exclude: [], entries: this.#settings.bentos });
    this.#discovered.fire();
  }

  async reset(): Promise<void> {
    this.#values.clear();
    await this.set(this.#always);
  }

  #read(): FolderSettings {
    const { folder, processEnv } = this.#around;
    const configuration = {
      get: (key: string) => this.#values.get(key),
      inspect: () => undefined,
    };
    return parseFolderSettings(rawSettings(configuration, true), {
      workspaceFolder: folder,
      userHome: os.homedir(),
      env: processEnv,
      platform: process.platform,
    });
  }
}
