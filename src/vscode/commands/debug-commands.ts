import * as vscode from 'vscode';
import type { Bento, Component } from '../../core/model';
import { attachConfiguration, launchConfiguration } from '../debug/launch-configurations';
import { isServed } from '../lifecycle/readiness';
import { assertTrusted } from '../trust/assert-trusted';
import { componentTitle } from '../../core/component-title';
import { anyComponent } from './any-component';
import type { CommandGroup, CommandParts } from './command-group';
import { targetOf } from './target';
import { tell } from './tell';

/** Commands that start debug sessions. */
export function debugCommands({
  manager,
  choice,
  discovered,
}: CommandParts): CommandGroup<'debug' | 'attachDebugger'> {
  const start = async (
    { folder }: Bento,
    configuration: vscode.DebugConfiguration,
  ): Promise<void> => {
    const of = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder));
    await vscode.debug.startDebugging(of, configuration);
  };

  return {
    debug: async (argument) => {
      assertTrusted();
      await discovered();
      const bento = await choice.bento(
        argument,
        vscode.l10n.t('Debug which bento?'),
        ({ state, source }) => state !== 'stopping' && source !== 'remote',
      );
      if (bento !== undefined) {
        choice.remember(bento.id);
        await start(bento, launchConfiguration(bento.id, bento.displayName));
      } else if (manager.bentos.length === 0) tell(vscode.l10n.t('There is no bento to debug.'));
    },
    attachDebugger: async (argument) => {
      assertTrusted();
      const named = targetOf(argument);
      if (named !== undefined && named.component === undefined) {
        const bento = manager.bento(named.bento);
        if (bento !== undefined)
          await start(bento, attachConfiguration(bento.id, bento.displayName));
        return;
      }
      const suits = (bento: Bento, component: Component): boolean =>
        bento.source !== 'remote' &&
        isServed(bento) &&
        (component.pids.length > 0 || component.workers !== undefined);
      const target = await choice.component(
        argument,
        vscode.l10n.t('Attach the debugger to which component?'),
        suits,
      );
      const bento = target && manager.bento(target.bento);
      const component = bento?.components.find(({ id }) => id === target?.component);
      if (bento !== undefined && component !== undefined) {
        const title = `${componentTitle(component)} · ${bento.displayName}`;
        await start(bento, attachConfiguration(bento.id, title, component.id));
      } else if (!anyComponent(manager, suits)) tell(vscode.l10n.t('Nothing is being served.'));
    },
  };
}
