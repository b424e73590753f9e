import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '../../src/core/clock';
import { textOf } from '../../src/core/messages/message';
import type { DiscoveredBento } from '../../src/core/discovery/discovered-bento';
import { Emitter, type Event } from '../../src/core/events';
import { createHealthClient } from '../../src/core/health/grpc-client';
import { LogFolder } from '../../src/core/logs/log-folder';
import { PlanCache } from '../../src/core/plan/plan-cache';
import type { Generation } from '../../src/core/model';
import type { EngineContext } from '../../src/core/registry/engines/engine-context';
import type { ClusterPlace } from '../../src/core/target/kubernetes/client/kubectl-program';
import { createRun } from '../../src/core/programs/run';
import { ChosenTargets } from '../../src/core/registry/chosen-targets';
import { UsedEngines } from '../../src/core/registry/used-engines';
import { ServedBefore } from '../../src/core/target/local/fork-server/served-before';
import { stickyPorts, type Store } from '../../src/core/target/local/ports/sticky-ports';
import { ChosenProfiles } from '../../src/core/registry/chosen-profiles';
import { BentoRegistry } from '../../src/core/registry/bento-registry';
import type { BentoSources } from '../../src/core/registry/bento-sources';
import { servingEnvironment } from '../../src/core/target/local/prepare/serving-environment';
import { bentomlVariables } from '../../src/core/settings/bentoml-variables';
import { readEnvFiles } from '../../src/core/settings/env-files';
import { defaultSettings } from '../../src/core/settings/default-settings';
import { privilegedVariables } from '../../src/core/settings/privileged-variables';
import { parseFolderSettings, settingsFor } from '../../src/core/settings/parse-folder-settings';
import type { Log } from '../../src/core/log';
import { cancelled, ServeError } from '../../src/core/problem';
import type { SharedHelpers } from './shared-helpers';
import { quietLog } from './quiet-log';

export interface Harness {
  readonly registry: BentoRegistry;
  readonly sources: BentoSources;
  /** What its windows remember. */
  readonly state: Store;
  readonly log: ReturnType<typeof quietLog>;
  readonly folder: string;
  /** In the environment of everything that is started here. */
  readonly mark: string;
  trusted: boolean;
  /** A Python debugger is at work. */
  debugging: boolean;
  /** Tells of files of the folder that were saved. */
  saved(paths: readonly string[]): void;
  dispose(): Promise<void>;
}

/** What the sources of a harness are made from. */
export interface HarnessContext {
  readonly folder: string;
  readonly processEnv: NodeJS.ProcessEnv;
  readonly log: Log;
  readonly assertTrusted: () => void;
  readonly onDidChangeFiles: Event<readonly string[]>;
}

export interface OneBento {
  readonly python: string;
  /** A folder of the repository; it is copied, so that nothing is left in it. */
  readonly sample: string;
  readonly reference: string;
  /** In the sample. */
  readonly buildFile?: string;
  readonly settings?: object;
  /** Of a file that is no project: the folder in the sample that it is imported from. */
  readonly fileIn?: string;
}

interface OtherBentos {
  /** Where bentos, settings and interpreters come from; the folder is empty. */
  readonly sources: (surroundings: HarnessContext) => BentoSources;
}

export type HarnessOptions = (OneBento | OtherBentos) & {
  /** What the person answers who is asked before something risky is done. Default: no, but for ports of this machine. */
  readonly consent?: boolean;
  /** Under which VS Code forwards each port. Default: none. */
  readonly forwardedHosts?: readonly string[];
  /** Of the keys of certificates. Default: none is given. */
  readonly keyPassword?: string;
  /** Milliseconds for which a warm helper is kept after a serve. Default: as long as in a window. */
  readonly warmIdleMs?: number;
  /** Default: a folder that goes with the harness. */
  readonly runFiles?: string;
  /** Helpers that other harnesses have used and will use. Default: helpers of its own, which end with it. */
  readonly helpers?: SharedHelpers;
  /** An engine, and the answer of the person who is asked for an image. Default: none. */
  readonly engine?: {
    readonly env: NodeJS.ProcessEnv;
    readonly image: string;
    readonly cluster?: ClusterPlace;
    /** What the person answers, and what is built then. Default: the person cancels. */
    readonly questions?: Partial<EngineContext>;
  };
};

/** The whole core without VS Code: the real registry on a real interpreter. */
export function createHarness(options: HarnessOptions): Harness {
  const {
    consent = false,
    warmIdleMs = 10 * 60_000,
    runFiles,
    keyPassword,
    forwardedHosts = [],
    helpers,
    engine,
  } = options;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'serve-bento-test-'));
  const log = quietLog();
  const stored = new Map<string, unknown>();
  // Helpers serve again only in the very same environment.
  const marked = helpers?.folder ?? folder;
  const mark = `SERVE_BENTO_TEST=${marked}`;
  const processEnv = {
    ...process.env,
    ...engine?.env,
    SERVE_BENTO_TEST: marked,
    BENTOML_HOME: path.join(marked, 'home'),
  };
  const harness = { trusted: true, debugging: false };
  const assertTrusted = (): void => {
    if (harness.trusted) return;
    throw new ServeError({ code: 'untrusted', message: 'The folder is not trusted.' });
  };
  const files = new Emitter<readonly string[]>();
  const surroundings = { folder, processEnv, log, assertTrusted, onDidChangeFiles: files.event };
  const logFolder = new LogFolder({
    directory: path.join(folder, 'logs'),
    clock: systemClock,
    log,
    onFailure: (message) => log.warn(textOf(message)),
  });
  const sources =
    'sources' in options ? options.sources(surroundings) : oneBento(options, surroundings);
  const state: Store = {
    get: (key) => stored.get(key),
    update: (key, value) => Promise.resolve(void stored.set(key, value)),
  };
  const registry = new BentoRegistry(
    {
      clock: systemClock,
      log,
      platform: process.platform,
      processEnv,
      scripts: path.resolve('src/python'),
      runFiles: runFiles ?? path.join(marked, 'home/runs'),
      bytecode: path.join(marked, 'home/bytecode'),
      random: Math.random,
      stickyPorts: stickyPorts(state),
      planCache: new PlanCache(),
      servedBefore: new ServedBefore(state),
      assertTrusted,
      isDebugging: () => harness.debugging,
      loadServing: async () => {
        const serving = await import('../../src/core/registry/serving');
        return helpers === undefined
          ? serving
          : { ...serving, HelperPool: helpers.enter({ log, assertTrusted }) };
      },
      loadDeployment: () => import('../../src/core/registry/deployment'),
      warmIdleMs,
      loadLogFolder: () => Promise.resolve(logFolder),
      confirmVariables: (_, variables) =>
        variables.length === 0 || consent ? Promise.resolve() : Promise.reject(cancelled()),
      confirmExposures: (_, exposed) =>
        consent || exposed.every(({ kind }) => kind === 'local')
          ? Promise.resolve()
          : Promise.reject(cancelled()),
      loadHealthClient: createHealthClient,
      forwardedHosts: () => Promise.resolve(forwardedHosts),
      engines: {
        run: () => createRun(assertTrusted),
        folder: path.join(marked, 'engines'),
        tell: () => undefined,
        askForImage: () =>
          engine === undefined
            ? Promise.reject(cancelled())
            : Promise.resolve({ reference: engine.image, isDevelopment: true }),
        askForRegistryImage: () =>
          engine === undefined ? Promise.reject(cancelled()) : Promise.resolve(engine.image),
        askForCluster: () =>
          engine?.cluster === undefined
            ? Promise.reject(cancelled())
            : Promise.resolve(engine.cluster),
        askForPush: () => Promise.reject(cancelled()),
        build: () => Promise.reject(cancelled()),
        containerize: () => Promise.reject(cancelled()),
        ...engine?.questions,
        confirmProduction: () => (consent ? Promise.resolve() : Promise.reject(cancelled())),
      },
      keyPassword: () =>
        keyPassword === undefined ? Promise.reject(cancelled()) : Promise.resolve(keyPassword),
    },
    sources,
  );
  return {
    registry,
    state,
    sources,
    log,
    folder,
    mark,
    get trusted() {
      return harness.trusted;
    },
    set trusted(trusted) {
      harness.trusted = trusted;
    },
    get debugging() {
      return harness.debugging;
    },
    set debugging(debugging) {
      harness.debugging = debugging;
    },
    saved: (paths) => files.fire(paths),
    dispose: async () => {
      if (helpers === undefined) await registry.stopAll();
      else await Promise.all(registry.bentos.map(({ id }) => registry.stop(id)));
      helpers?.emptyStores();
      registry.dispose();
      await logFolder.flushed();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function oneBento(
  { python, sample, reference, buildFile, settings = {}, fileIn }: OneBento,
  { folder, processEnv, onDidChangeFiles }: HarnessContext,
): BentoSources {
  cpSync(path.resolve(sample), folder, { recursive: true });
  const generation = generationOf(folder);
  const bento: DiscoveredBento = {
    id: `service.py:${reference.split(':').at(-1) ?? ''}`,
    name: path.basename(sample),
    folder,
    source: fileIn === undefined ? 'project' : 'file',
    reference,
    ...(generation === undefined ? {} : { generation }),
    workingDir: path.join(folder, fileIn ?? ''),
    ...(buildFile === undefined ? {} : { buildFile: path.join(folder, buildFile) }),
    components: [],
  };
  const folderSettings = parseFolderSettings(settings, {
    workspaceFolder: folder,
    userHome: os.homedir(),
    env: processEnv,
    platform: process.platform,
  });
  const chosen = new ChosenProfiles({ get: () => undefined, update: () => Promise.resolve() });
  const targets = new ChosenTargets({ get: () => undefined, update: () => Promise.resolve() });
  const [version, bentomlVersion] = versionsOf(python);
  return {
    hasFolder: () => true,
    discovered: () => [bento],
    onDidDiscover: new Emitter<void>().event,
    onDidChangeInterpreter: new Emitter<void>().event,
    onDidChangeFiles,
    watchServed: () => undefined,
    refresh: () => Promise.resolve(),
    settingsFor: ({ id }) => {
      const own = settingsFor(folderSettings, undefined, chosen.of(id));
      return { ...own, target: targets.of(id).kind ?? own.target };
    },
    targetChoice: ({ id }) => targets.of(id),
    chooseTarget: ({ id }, choice) => targets.choose(id, choice),
    usedEngines: new UsedEngines({ get: () => undefined, update: () => Promise.resolve() }),
    settleTarget: ({ id }, isKept) => targets.settle(id, isKept),
    profiles: ({ id }) => chosen.profiles(id, folderSettings),
    chooseProfile: ({ id }, name) => chosen.choose(id, name),
    folderSettings: () => folderSettings,
    privilegedVariables: (_, own, fileVariables) =>
      privilegedVariables({ ...fileVariables, ...bentomlVariables(own) }, {}, process.platform),
    findInterpreter: () =>
      Promise.resolve({
        path: python,
        version,
        bentomlVersion,
        origin: 'the test',
      }),
    environmentFor: (_, own, interpreter, fileVariables) =>
      Promise.resolve(servingEnvironment(processEnv, own, interpreter, fileVariables)),
    fileVariables: ({ envFile }) => readEnvFiles(envFile, processEnv),
    usersOwnSettings: () => defaultSettings,
  };
}

const knownVersions = new Map<string, readonly [string, string]>();

/** Of Python and BentoML; asked once for each interpreter. */
function versionsOf(python: string): readonly [string, string] {
  const known = knownVersions.get(python);
  if (known !== undefined) return known;
  const code =
    'import importlib.metadata as m, platform as p; print(p.python_version(), m.version("bentoml"))';
  const said = execFileSync(python, ['-c', code], { encoding: 'utf8' });
  const [version = '', bentomlVersion = ''] = said.trim().split(' ');
  const versions = [version, bentomlVersion] as const;
  knownVersions.set(python, versions);
  return versions;
}

/** As discovery tells it. */
function generationOf(folder: string): Generation | undefined {
  const file = path.join(folder, 'service.py');
  if (!existsSync(file)) return undefined;
  return readFileSync(file, 'utf8').includes('@bentoml.service') ? 'service' : 'legacy';
}
