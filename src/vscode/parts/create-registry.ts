import path from 'node:path';
import * as vscode from 'vscode';
import { systemClock } from '../../core/clock';
import type { DiscoveredBento } from '../../core/discovery/discovered-bento';
import { PlanCache } from '../../core/plan/plan-cache';
import { BentoRegistry } from '../../core/registry/bento-registry';
import { isInRegistry } from '../../core/target/containers/image-reference';
import { cancelled } from '../../core/problem';
import { askForCluster, confirmProduction } from '../commands/ask-for-cluster';
import { askForImage, askForServedImage } from '../commands/ask-for-image';
import type { ServedBefore } from '../../core/target/local/fork-server/served-before';
import { stickyPorts } from '../../core/target/local/ports/sticky-ports';
import { isDebugging } from '../lifecycle/is-debugging';
import { loadHealthClient } from '../lifecycle/load-health-client';
import { plainWindow } from '../plain-window';
import { storedPlansFolder } from '../lifecycle/stored-folders';
import { runFilesFolder } from '../lifecycle/run-files-folder';
import { advisoryLines } from '../problems/advisory-lines';
import { translated } from '../problems/problem-text';
import { forwardedHosts } from '../sources/forwarded-hosts';
import { assertTrusted } from '../trust/assert-trusted';
import type { Consent, ConsentSubject } from '../trust/consent';
import type { ExtensionParts } from './extension-parts';

type Needed = Pick<
  ExtensionParts,
  'context' | 'log' | 'scripts' | 'secrets' | 'sources' | 'logFiles'
> & {
  readonly consent: Consent;
  readonly servedBefore: ServedBefore;
  /** Called after all parts were created. */
  readonly builders: () => Pick<ExtensionParts, 'tools' | 'install'>;
};

export function createRegistry({
  context,
  log,
  scripts,
  secrets,
  sources,
  logFiles,
  consent,
  servedBefore,
  builders,
}: Needed): BentoRegistry {
  const subject = ({ id, name }: DiscoveredBento): ConsentSubject => ({
    id,
    displayName: registry.bento(id)?.displayName ?? name,
  });
  const building = (bento: DiscoveredBento) => ({
    ...{ displayName: subject(bento).displayName, run: sources.run, scripts },
    ...builders(),
  });
  const registry = new BentoRegistry(
    {
      clock: systemClock,
      log,
      platform: process.platform,
      processEnv: process.env,
      scripts,
      runFiles: runFilesFolder(context),
      bytecode: path.join(context.globalStorageUri.fsPath, 'bytecode'),
      random: Math.random,
      warmIdleMs: 10 * 60_000,
      stickyPorts: stickyPorts(context.workspaceState),
      planCache: new PlanCache(async () => {
        const { StoredPlans } = await import('../../core/registry/serving');
        return new StoredPlans(storedPlansFolder(context));
      }),
      servedBefore,
      assertTrusted,
      isDebugging,
      confirmExposures: (bento, exposed, version) =>
        consent.exposures(subject(bento), exposed, advisoryLines(version, vscode.l10n)),
      confirmVariables: (bento, variables) => consent.variables(subject(bento), variables),
      loadHealthClient,
      forwardedHosts,
      keyPassword: (folder, file, again) => secrets.keyPassword(folder, file, again),
      loadServing: () => import('../../core/registry/serving'),
      loadDeployment: () => import('../../core/registry/deployment'),
      loadLogFolder: () => logFiles.open(),
      engines: {
        run: () => sources.run,
        folder: path.join(context.globalStorageUri.fsPath, 'engines'),
        askForImage: async (bento) => {
          const choice = await askForServedImage(subject(bento), bento.source);
          if (choice === undefined) throw cancelled();
          return choice;
        },
        askForPush: async (bento, question) => {
          const onDemand = await import('../on-demand');
          return onDemand.askForPush(subject(bento), question);
        },
        build: async (found, signal) => {
          const { buildAndWait } = await import('../on-demand');
          return buildAndWait(found, sources, building(found.bento), signal);
        },
        containerize: async (found, tag, signal) => {
          const { containerizeAndWait } = await import('../on-demand');
          return containerizeAndWait(found, tag, building(found.bento), signal);
        },
        askForRegistryImage: async (bento) => {
          const canPush = sources.settingsFor(bento).registry === undefined;
          const question = { isUsable: isInRegistry, canPush };
          const reference = await askForImage(subject(bento), question);
          if (reference === undefined) throw cancelled();
          return reference;
        },
        askForCluster: (bento, question) => askForCluster(subject(bento), question),
        tell: (message) => void plainWindow.showWarningMessage(translated(message, vscode.l10n)),
        confirmProduction: (bento, place) => confirmProduction(subject(bento), place),
      },
    },
    sources,
  );
  return registry;
}
