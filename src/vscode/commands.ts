import path from 'node:path';
import * as vscode from 'vscode';
import type { BentoManager } from '../core/bento-manager';
import type { StoreKind } from '../core/discovery/store-versions';
import type { Bento, Component } from '../core/model';
import type { BentomlAction } from '../core/store/bentoml-command';
import { askForProfile } from './ask-for-profile';
import type { BentoChoice } from './bento-choice';
import { commandIds, type CommandName } from './identifiers';
import { openSettings, settingsQuery, tellUnset } from './open-setting';
import { plainWindow } from './plain-window';
import type { ProblemMessages } from './problem-messages';
import { isServed } from './readiness';
import type { Secrets } from './secrets';
import type { ServeWithProgress } from './serve-with-progress';
import { versionOf, type StoreVersionTag } from './store/store-node';
import type { Terminals } from './terminals/terminals';
import { targetOf, type Target } from './target';
import { copyUrl, openUrl } from './urls';

export interface CommandParts {
  readonly manager: BentoManager;
  readonly choice: BentoChoice;
  readonly progress: ServeWithProgress;
  readonly messages: ProblemMessages;
  readonly terminals: Terminals;
  readonly log: vscode.LogOutputChannel;
  /** The first discovery is done. */
  readonly discovered: () => Promise<unknown>;
  readonly secrets: Secrets;
  readonly createCertificate: () => Promise<void>;
  /** Without a bento: one of all logs. */
  readonly openLog: (target: Partial<Target>) => Promise<void>;
  /** As a task, for the bento with that id. */
  readonly runBentoml: (action: BentomlAction, id: string) => Promise<void>;
  /** Asks first. */
  readonly deleteVersion: (version: StoreVersionTag) => Promise<void>;
  /** The directory of the store's bentos or models. */
  readonly storeDirectory: (kind: StoreKind) => string;
  /** What a bug report needs. */
  readonly diagnose: () => Promise<string>;
}

export function registerCommands(parts: CommandParts): vscode.Disposable {
  const handlers = commandHandlers(parts);
  return vscode.Disposable.from(
    ...(Object.keys(handlers) as CommandName[]).map((name) =>
      vscode.commands.registerCommand(commandIds[name], async (argument: unknown) => {
        try {
          await handlers[name](argument);
        } catch (error) {
          // The command is over; the message may stay.
          void parts.messages.show(error);
        }
      }),
    ),
  );
}

function commandHandlers(
  parts: CommandParts,
): Record<CommandName, (argument: unknown) => Promise<void>> {
  const { manager, choice, progress, terminals, log, secrets, discovered, diagnose } = parts;

  const onComponent =
    (act: (bento: string, component: string) => Promise<unknown>) =>
    async (argument: unknown): Promise<void> => {
      const target = await choice.component(argument, '', () => false);
      if (target === undefined) return;
      await progress.withoutProgress(target.bento, () => act(target.bento, target.component));
    };

  const onBento =
    (act: (bento: Bento) => Promise<void>) =>
    async (argument: unknown): Promise<void> => {
      await discovered();
      const isLocal = ({ source }: Bento): boolean => source !== 'remote';
      const bento = await choice.bento(argument, vscode.l10n.t('Which bento?'), isLocal);
      if (bento !== undefined) await progress.withoutProgress(bento.id, () => act(bento));
    };

  const anyComponent = (suits: (bento: Bento, component: Component) => boolean): boolean =>
    manager.bentos.some((bento) => bento.components.some((one) => suits(bento, one)));

  const hasOutput = (bento: Bento, { id }: Component): boolean =>
    manager.details(bento.id, id) !== undefined;

  /** Who closed the question knows. */
  const tellIdle = (): void => {
    if (!manager.bentos.some(isServed)) tell(vscode.l10n.t('Nothing is being served.'));
  };

  const onUrl =
    (act: (url: string) => Promise<void>) =>
    async (argument: unknown): Promise<void> => {
      const suits = (_: Bento, { url, state }: Component): boolean =>
        url !== undefined && state !== 'stopped';
      const target = await choice.component(argument, vscode.l10n.t('Which component?'), suits);
      const bento = target && manager.bento(target.bento);
      const url = bento?.components.find(({ id }) => id === target?.component)?.url;
      if (url !== undefined) await act(url);
      else if (target !== undefined || !anyComponent(suits)) {
        tell(vscode.l10n.t('Nothing with a URL is being served.'));
      }
    };

  const onBuildable =
    (action: BentomlAction, sources: readonly Bento['source'][], question: string) =>
    async (argument: unknown): Promise<void> => {
      await discovered();
      const suits = (bento: Bento): boolean => sources.includes(bento.source);
      const bento = await choice.bento(argument, question, suits);
      if (bento !== undefined) {
        await progress.withoutProgress(bento.id, () => parts.runBentoml(action, bento.id));
      } else if (!manager.bentos.some(suits)) {
        tell(
          action === 'build'
            ? vscode.l10n.t(
                'There is nothing to build: no project and no Python file with a service was found.',
              )
            : vscode.l10n.t('The BentoML store has no bento: build one first.'),
        );
      }
    };

  return {
    serve: async (argument) => {
      if (!vscode.workspace.isTrusted) {
        await vscode.commands.executeCommand('workbench.trust.manage');
        return;
      }
      await discovered();
      const bento = await choice.bento(
        argument,
        vscode.l10n.t('Which bento?'),
        ({ state, source }) => state !== 'stopping' && source !== 'remote',
      );
      if (bento === undefined) {
        if (manager.bentos.length === 0) {
          tell(
            vscode.l10n.t(
              'No bento was found: open a folder with a BentoML service, or list one in the setting serveBento.bentos.',
            ),
          );
        }
        return;
      }
      choice.remember(bento.id);
      await progress.serve(bento);
    },
    watch: async (argument) => {
      await discovered();
      const isRemote = ({ source }: Bento): boolean => source === 'remote';
      const suits = (bento: Bento): boolean => isRemote(bento) && !isServed(bento);
      const bento = await choice.bento(argument, vscode.l10n.t('Watch which bento?'), suits);
      if (bento !== undefined) await progress.serve(bento);
      else if (!manager.bentos.some(isRemote)) {
        await tellUnset(
          vscode.l10n.t('Nothing is to be watched: name addresses in serveBento.watch.'),
        );
      }
    },
    serveWithProfile: async (argument) => {
      await discovered();
      const hasProfiles = ({ id }: Bento): boolean => manager.profiles(id).names.length > 0;
      const bento = await choice.bento(argument, vscode.l10n.t('Which bento?'), hasProfiles);
      if (bento !== undefined && hasProfiles(bento)) {
        const profile = await askForProfile(bento.displayName, manager.profiles(bento.id));
        if (profile === undefined) return;
        manager.chooseProfile(bento.id, profile.name);
        choice.remember(bento.id);
        await (isServed(bento) ? progress.restart(bento) : progress.serve(bento));
      } else if (!manager.bentos.some(hasProfiles)) {
        await tellUnset(
          vscode.l10n.t('There are no profiles: name sets of settings in serveBento.profiles.'),
        );
      }
    },
    stop: async (argument) => {
      const bento = await choice.bento(argument, vscode.l10n.t('Stop which bento?'), isServed);
      if (bento !== undefined) {
        await progress.withoutProgress(bento.id, () => manager.stop(bento.id));
      } else tellIdle();
    },
    restart: async (argument) => {
      const bento = await choice.bento(argument, vscode.l10n.t('Restart which bento?'), isServed);
      if (bento !== undefined) await progress.restart(bento);
      else tellIdle();
    },
    stopAll: () => manager.stopAll(),
    serveComponent: onComponent((bento, component) => manager.serveComponent(bento, component)),
    stopComponent: onComponent((bento, component) => manager.stopComponent(bento, component)),
    restartComponent: onComponent((bento, component) => manager.restart(bento, component)),
    showTerminal: async (argument) => {
      const question = vscode.l10n.t('Show the terminal of which component?');
      const target = await choice.component(argument, question, hasOutput);
      const shown = target !== undefined && terminals.show(target.bento, target.component);
      if (!shown && (target !== undefined || !anyComponent(hasOutput))) {
        tell(vscode.l10n.t('Nothing has been served yet.'));
      }
    },
    openLog: async (argument) => {
      await discovered();
      await parts.openLog(targetOf(argument) ?? {});
    },
    openInBrowser: onUrl(openUrl),
    copyUrl: onUrl(copyUrl),
    configure: async (argument) => {
      const target = targetOf(argument);
      const bento = target && manager.bento(target.bento);
      const component = bento?.components.find(({ id }) => id === target?.component);
      const { problem } = component ?? bento ?? {};
      await openSettings(settingsQuery(problem, component, bento?.source));
    },
    copyAsShellCommands: onBento(async (bento) => {
      const { copyShellCommands } = await import('./later');
      await copyShellCommands(manager, bento);
    }),
    export: onBento(async (bento) => {
      const { askForExport } = await import('./later');
      await askForExport(manager, bento);
    }),
    refresh: async () => {
      await manager.refresh();
    },
    showLog: () => Promise.resolve(log.show()),
    copyDiagnostics: async () => {
      await vscode.env.clipboard.writeText(await diagnose());
      tell(vscode.l10n.t('The diagnostics are on the clipboard.'));
    },
    forgetSecrets: async () => {
      const anyKept = await secrets.forget();
      if (!anyKept) tell(vscode.l10n.t('No secret is kept.'));
    },
    createCertificate: () => parts.createCertificate(),
    build: onBuildable('build', ['project', 'file'], vscode.l10n.t('Build which bento?')),
    containerize: onBuildable(
      'containerize',
      ['store'],
      vscode.l10n.t('Containerize which bento?'),
    ),
    deleteVersion: async (argument) => {
      const version = versionOf(argument);
      if (version !== undefined) await parts.deleteVersion(version);
    },
    revealVersion: async (argument) => {
      const { kind, tag } = versionOf(argument) ?? {};
      if (kind === undefined || tag === undefined) return;
      const directory = path.join(parts.storeDirectory(kind), ...tag.split(':'));
      await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(directory));
    },
  };
}

const tell = (message: string): void => void plainWindow.showInformationMessage(message);
