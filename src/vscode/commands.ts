import os from 'node:os';
import * as vscode from 'vscode';
import type { BentoManager } from '../core/bento-manager';
import type { Bento } from '../core/model';
import type { BentoChoice } from './bento-choice';
import type { ComponentTerminals } from './component-terminals';
import { diagnostics } from './diagnostics';
import { commandIds, type CommandName } from './identifiers';
import type { ProblemMessages } from './problem-messages';
import type { ServeWithProgress } from './serve-with-progress';
import { copyUrl, openUrl } from './urls';

export interface CommandParts {
  readonly manager: BentoManager;
  readonly choice: BentoChoice;
  readonly progress: ServeWithProgress;
  readonly messages: ProblemMessages;
  readonly terminals: ComponentTerminals;
  readonly log: vscode.LogOutputChannel;
  readonly version: string;
}

const isServed = ({ state }: Bento): boolean => state !== 'stopped' && state !== 'failed';

export function registerCommands(parts: CommandParts): vscode.Disposable {
  const handlers = commandHandlers(parts);
  return vscode.Disposable.from(
    ...(Object.keys(handlers) as CommandName[]).map((name) =>
      vscode.commands.registerCommand(commandIds[name], async (argument: unknown) => {
        try {
          await handlers[name](argument);
        } catch (error) {
          await parts.messages.show(error);
        }
      }),
    ),
  );
}

function commandHandlers(
  parts: CommandParts,
): Record<CommandName, (argument: unknown) => Promise<void>> {
  const { manager, choice, progress, terminals, log, version } = parts;

  const onComponent =
    (act: (bento: string, component: string) => Promise<unknown>) =>
    async (argument: unknown): Promise<void> => {
      const target = await choice.component(argument, '', () => false);
      if (target === undefined) return;
      await progress.component(target.bento, () => act(target.bento, target.component));
    };

  const onUrl =
    (act: (url: string) => Promise<void>) =>
    async (argument: unknown): Promise<void> => {
      const target = await choice.component(
        argument,
        vscode.l10n.t('Which component?'),
        (_, { url, state }) => url !== undefined && state !== 'stopped',
      );
      const bento = manager.bentos.find(({ id }) => id === target?.bento);
      const url = bento?.components.find(({ id }) => id === target?.component)?.url;
      if (url === undefined) tell(vscode.l10n.t('Nothing with a URL is being served.'));
      else await act(url);
    };

  return {
    serve: async (argument) => {
      if (!vscode.workspace.isTrusted) {
        await vscode.commands.executeCommand('workbench.trust.manage');
        return;
      }
      if (manager.bentos.length === 0) await manager.refresh();
      const bento = await choice.bento(
        argument,
        vscode.l10n.t('Which bento?'),
        ({ state }) => state !== 'stopping',
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
    stop: async (argument) => {
      const bento = await choice.bento(argument, vscode.l10n.t('Stop which bento?'), isServed);
      if (bento === undefined) tell(vscode.l10n.t('Nothing is being served.'));
      else await manager.stop(bento.id);
    },
    restart: async (argument) => {
      const bento = await choice.bento(argument, vscode.l10n.t('Restart which bento?'), isServed);
      if (bento === undefined) tell(vscode.l10n.t('Nothing is being served.'));
      else await progress.restart(bento);
    },
    stopAll: () => manager.stopAll(),
    serveComponent: onComponent((bento, component) => manager.serveComponent(bento, component)),
    stopComponent: onComponent((bento, component) => manager.stopComponent(bento, component)),
    restartComponent: onComponent((bento, component) => manager.restart(bento, component)),
    showTerminal: async (argument) => {
      const target = await choice.component(
        argument,
        vscode.l10n.t('Show the terminal of which component?'),
        (bento, { id }) => manager.details(bento.id, id) !== undefined,
      );
      if (target === undefined) tell(vscode.l10n.t('Nothing has been served yet.'));
      else terminals.show(target.bento, target.component);
    },
    openInBrowser: onUrl(openUrl),
    copyUrl: onUrl(copyUrl),
    refresh: async () => {
      await manager.refresh();
    },
    showLog: () => Promise.resolve(log.show()),
    copyDiagnostics: async () => {
      await vscode.env.clipboard.writeText(diagnostics(manager, version, os.homedir()));
      tell(vscode.l10n.t('The diagnostics are on the clipboard.'));
    },
  };
}

const tell = (message: string): void => void vscode.window.showInformationMessage(message);
