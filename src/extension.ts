import path from 'node:path';
import * as vscode from 'vscode';
import type { ServeBentoApi } from './api';
import { systemClock } from './core/clock';
import type { HealthClient } from './core/health/grpc-client';
import { keptPorts } from './core/ports/kept-ports';
import { ServeError } from './core/problem';
import { BentoRegistry } from './core/serve/bento-registry';
import { BentoChoice } from './vscode/bento-choice';
import { BentoTree } from './vscode/bento-tree';
import { registerCommands } from './vscode/commands';
import { ComponentTerminals } from './vscode/component-terminals';
import { exportedApi } from './vscode/exported-api';
import { ProblemMessages } from './vscode/problem-messages';
import { Resume } from './vscode/resume';
import { ServeWithProgress } from './vscode/serve-with-progress';
import { ServicesView } from './vscode/services-view';
import { WindowSources } from './vscode/window-sources';

/** VS Code gives 5 s for everything; what is polite gets most of it. */
const politeMs = 3500;

let stopEverything: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): ServeBentoApi {
  const log = vscode.window.createOutputChannel('Serve Bento', { log: true });
  const sources = new WindowSources(context, log);
  const registry = new BentoRegistry(
    {
      clock: systemClock,
      log,
      platform: process.platform,
      processEnv: process.env,
      scripts: path.join(context.extensionPath, 'dist/python'),
      random: Math.random,
      keptPorts: keptPorts(context.workspaceState),
      assertTrusted,
      loadHealthClient,
    },
    sources,
  );
  const terminals = new ComponentTerminals(registry);
  const messages = new ProblemMessages(log, terminals, registry);
  const tree = new BentoTree(registry);
  const resume = new Resume(registry, context.workspaceState);
  context.subscriptions.push(
    log,
    sources,
    registry,
    terminals,
    tree,
    new ServicesView(registry, tree, () => sources.done),
    registerCommands({
      manager: registry,
      choice: new BentoChoice(registry),
      progress: new ServeWithProgress(registry, messages),
      messages,
      terminals,
      log,
      version: (context.extension.packageJSON as { version: string }).version,
    }),
  );

  stopEverything = async () => {
    resume.dispose();
    const force = setTimeout(() => void registry.stopAll(), politeMs);
    await registry.stopAll();
    clearTimeout(force);
  };

  void sources.refresh().then(
    () => resume.run((bento) => sources.settingsFor(bento).resumeOnReload, messages),
    (error: unknown) => messages.show(error),
  );
  return exportedApi(registry);
}

/** No call of `vscode` here: at this time nothing answers any more. */
export async function deactivate(): Promise<void> {
  await stopEverything?.();
}

function assertTrusted(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ServeError({
    code: 'untrusted',
    message: vscode.l10n.t('The folder is not trusted, so nothing is served: trust it first.'),
  });
}

/** A bundle of its own, loaded with the first gRPC component. */
async function loadHealthClient(target: string): Promise<HealthClient> {
  const { createHealthClient } = await import('./core/health/grpc-client');
  return createHealthClient(target);
}
