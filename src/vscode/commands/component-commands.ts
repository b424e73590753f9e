import * as vscode from 'vscode';
import type { Bento, Component } from '../../core/model';
import { plainWindow } from '../plain-window';
import { workerOf, type WorkerTarget } from './target';
import { copyUrl, openUrl } from './urls';
import { anyComponent } from './any-component';
import type { CommandGroup, CommandHandler, CommandParts } from './command-group';
import { tell } from './tell';

/** Commands on single components. */
export function componentCommands({
  manager,
  choice,
  progress,
  terminals,
}: CommandParts): CommandGroup<
  | 'serveComponent'
  | 'stopComponent'
  | 'restartComponent'
  | 'showTerminal'
  | 'openInBrowser'
  | 'copyUrl'
  | 'openShell'
> {
  const onComponent =
    (act: (bento: string, component: string) => Promise<unknown>): CommandHandler =>
    async (argument) => {
      const target = await choice.component(argument, '', () => false);
      if (target === undefined) return;
      await progress.withoutProgress(target.bento, () => act(target.bento, target.component));
    };

  /** The name of a container or pod on its row. */
  const rowName = ({ bento, worker }: WorkerTarget): string =>
    manager
      .bento(bento)
      ?.components.flatMap(({ workers = [] }) => workers)
      .find(({ name }) => name === worker)?.shortName ?? worker;

  const hasOutput = (bento: Bento, { id }: Component): boolean =>
    manager.details(bento.id, id) !== undefined;

  const onUrl =
    (act: (url: string) => Promise<void>): CommandHandler =>
    async (argument) => {
      const suits = (_: Bento, { url, state }: Component): boolean =>
        url !== undefined && state !== 'stopped';
      const target = await choice.component(argument, vscode.l10n.t('Which component?'), suits);
      const bento = target && manager.bento(target.bento);
      const url = bento?.components.find(({ id }) => id === target?.component)?.url;
      if (url !== undefined) await act(url);
      else if (target !== undefined || !anyComponent(manager, suits)) {
        tell(vscode.l10n.t('No bento with a URL is being served.'));
      }
    };

  return {
    serveComponent: onComponent((bento, component) => manager.serveComponent(bento, component)),
    stopComponent: onComponent((bento, component) => manager.stopComponent(bento, component)),
    restartComponent: onComponent((bento, component) => manager.restart(bento, component)),
    showTerminal: async (argument) => {
      const question = vscode.l10n.t('Show the terminal of which component?');
      const target = await choice.component(argument, question, hasOutput);
      const shown = target !== undefined && terminals.show(target.bento, target.component);
      if (!shown && (target !== undefined || !anyComponent(manager, hasOutput))) {
        tell(vscode.l10n.t('Nothing has been served yet.'));
      }
    },
    openShell: (argument) => {
      const worker = workerOf(argument);
      if (worker === undefined) {
        tell(
          vscode.l10n.t('Open Shell is available on the rows of containers and pods in the view.'),
        );
        return Promise.resolve();
      }
      const { file, args, env } = manager.shell(worker.bento, worker.worker);
      const shell = { shellPath: file, shellArgs: [...args], env: { ...env }, strictEnv: true };
      plainWindow.createTerminal({ name: rowName(worker), ...shell }).show();
      return Promise.resolve();
    },
    openInBrowser: onUrl(openUrl),
    copyUrl: onUrl(copyUrl),
  };
}
