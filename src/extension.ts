import path from 'node:path';
import * as vscode from 'vscode';
import type { ServeBentoApi } from './api';
import { systemClock } from './core/clock';
import type { DiscoveredBento } from './core/discovery/discovered-bento';
import { isAlive } from './core/programs/is-alive';
import { PlanCache } from './core/plan/plan-cache';
import { stickyPorts } from './core/target/local/ports/sticky-ports';
import { BentoRegistry } from './core/registry/bento-registry';
import type { PythonTools } from './core/interpreter/probe-report';
import { WarmUp } from './core/registry/warm-up';
import { assertTrusted } from './vscode/trust/assert-trusted';
import { advisoryLines } from './vscode/problems/advisory-lines';
import { BentoChoice } from './vscode/commands/bento-choice';
import { lazyActions } from './vscode/commands/lazy-actions';
import { registerCommands } from './vscode/commands/register-commands';
import { endAll } from './vscode/lifecycle/end-all';
import { Consent, type ConsentSubject } from './vscode/trust/consent';
import { exportedApi } from './vscode/exported-api';
import { isDebugging } from './vscode/lifecycle/is-debugging';
import { LazyLogFolder } from './vscode/logs/lazy-log-folder';
import { loadHealthClient } from './vscode/lifecycle/load-health-client';
import { ProblemMessages, type Install } from './vscode/problems/problem-messages';
import { RecentBentos } from './vscode/sources/recent-bentos';
import { Resume } from './vscode/lifecycle/resume';
import { runFilesFolder } from './vscode/lifecycle/run-files-folder';
import { SecondTicks } from './vscode/tree/second-ticks';
import { Secrets } from './vscode/trust/secrets';
import { ServedRecords } from './vscode/lifecycle/served-records';
import { ServeWithProgress } from './vscode/lifecycle/serve-with-progress';
import { taskType } from './vscode/identifiers';
import { forwardedHosts } from './vscode/sources/forwarded-hosts';
import { SettingProblems } from './vscode/problems/setting-problems';
import { ServicesView } from './vscode/tree/services-view';
import { StoreView } from './vscode/store/store-view';
import { ServeTaskProvider } from './vscode/tasks/serve-task-provider';
import { Terminals } from './vscode/terminals/terminals';
import { BentoTree } from './vscode/tree/bento-tree';
import { WindowSources } from './vscode/sources/window-sources';

let stopEverything: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): ServeBentoApi {
  const log = vscode.window.createOutputChannel('Serve Bento', { log: true });
  const secrets = new Secrets(context.secrets, context.globalState);
  const sources = new WindowSources(context, secrets, log);
  const logFiles = new LazyLogFolder(context.globalStorageUri, log);
  const consent = new Consent(context.workspaceState);
  const scripts = path.join(context.extensionPath, 'dist/python');
  const registry = new BentoRegistry(
    {
      clock: systemClock,
      log,
      platform: process.platform,
      processEnv: process.env,
      scripts,
      runFiles: runFilesFolder(context),
      random: Math.random,
      warmIdleMs: 10 * 60_000,
      stickyPorts: stickyPorts(context.workspaceState),
      planCache: new PlanCache(),
      assertTrusted,
      isDebugging,
      confirmExposures: (bento, exposed, version) =>
        consent.exposures(named(bento), exposed, advisoryLines(version, vscode.l10n)),
      confirmVariables: (bento, variables) => consent.variables(named(bento), variables),
      loadHealthClient,
      forwardedHosts,
      keyPassword: (folder, file, again) => secrets.keyPassword(folder, file, again),
      loadServing: () => import('./core/registry/serving'),
      loadLogFolder: () => logFiles.open(),
    },
    sources,
  );
  const named = ({ id, name }: DiscoveredBento): ConsentSubject => ({
    id,
    displayName: registry.bento(id)?.displayName ?? name,
  });
  const terminals = new Terminals({
    manager: registry,
    clock: systemClock,
    onInterrupt: (bento, component) => {
      registry
        .stopComponent(bento, component)
        .catch((error: unknown) => void messages.show(error, bento));
    },
  });
  const tools = (python: string, id: string | undefined): Promise<PythonTools> =>
    sources.pythonTools(python, id === undefined ? undefined : registry.discovered(id));
  const install: Install = async (python, packages, bento) => {
    const { installPackages } = await import('./vscode/on-demand');
    const { run } = sources;
    return installPackages(python, packages, bento, { run, tools, cwd: context.extensionPath });
  };
  const messages = new ProblemMessages(log, terminals, registry, secrets, install, {
    serve: async (id, once) => {
      const bento = registry.bento(id);
      if (bento !== undefined) await progress.serve(bento, once);
    },
    envFiles: (id) => {
      const bento = registry.discovered(id);
      return bento === undefined ? [] : sources.settingsFor(bento).envFile;
    },
  });
  const progress = new ServeWithProgress(registry, messages);
  const { promise: settled, resolve: settle } = Promise.withResolvers<undefined>();
  const warmUp = new WarmUp({
    clock: systemClock,
    log,
    platform: process.platform,
    assertTrusted,
    sources,
    discovered: (id) => registry.discovered(id),
    areAnswered: async ({ bento, folder, exposed, variables, secrets: names }) =>
      consent.has(bento, exposed, variables) && (await secrets.has(folder, names)),
    helpers: () => registry.helperPool(),
    onStopAll: registry.onStopAll,
    settled,
  });
  const ticks = new SecondTicks(registry, systemClock);
  const tree = new BentoTree(registry, systemClock, ticks);
  const resume = new Resume({
    manager: registry,
    records: new ServedRecords({
      directory: path.join((context.storageUri ?? context.globalStorageUri).fsPath, 'windows'),
      clock: systemClock,
      pid: process.pid,
      isAlive,
      onFailure: (message) => log.warn(message),
    }),
    clock: systemClock,
    wanted: (id) => {
      const bento = registry.discovered(id);
      return (
        vscode.workspace.isTrusted &&
        bento !== undefined &&
        sources.settingsFor(bento).resumeOnReload
      );
    },
    onFailure: (error, id) => void messages.show(error, id),
  });
  context.subscriptions.push(
    log,
    sources,
    registry,
    terminals,
    ticks,
    tree,
    warmUp,
    tree.onDidShow((ids) => ids.forEach((id) => warmUp.seen(id))),
    new ServicesView(registry, tree, () => sources.done, systemClock, ticks),
    new StoreView(async () => {
      await sources.whenDone();
      await sources.readModels();
      const { StoreTree } = await import('./vscode/on-demand');
      return new StoreTree(registry, sources, systemClock);
    }, systemClock),
    new SettingProblems(sources),
    vscode.tasks.registerTaskProvider(
      taskType,
      new ServeTaskProvider(registry, () => sources.whenDone()),
    ),
    registerCommands({
      manager: registry,
      choice: new BentoChoice(registry, new RecentBentos(context.workspaceState)),
      progress,
      messages,
      terminals,
      log,
      secrets,
      discovered: () => sources.whenDone(),
      ...lazyActions(context, {
        registry,
        sources,
        messages,
        log,
        scripts,
        install,
        tools,
        logFiles,
      }),
    }),
  );

  stopEverything = async () => {
    resume.dispose();
    await endAll(registry, systemClock);
    await logFiles.flushed();
  };

  void sources
    .whenDone()
    .then(async () => {
      const { endOrphans, registerEditing } = await import('./vscode/after-activation');
      registerEditing(context.subscriptions, { manager: registry, messages, sources });
      // What is served again is to find its ports free.
      await endOrphans(context, log);
    })
    .then(
      () => resume.run(),
      (error: unknown) => messages.show(error),
    )
    .finally(() => settle(undefined));
  return exportedApi(registry, () => sources.whenDone());
}

/** No call of `vscode` here: at this time nothing answers any more. */
export async function deactivate(): Promise<void> {
  await stopEverything?.();
}
