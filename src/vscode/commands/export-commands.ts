import * as vscode from 'vscode';
import type { Bento } from '../../core/model';
import type { CommandGroup, CommandHandler, CommandParts } from './command-group';

/** Commands that give BentoML's own start commands to other programs. */
export function exportCommands({
  manager,
  choice,
  progress,
  discovered,
}: CommandParts): CommandGroup<'copyAsShellCommands' | 'export'> {
  const onBento =
    (act: (bento: Bento) => Promise<void>): CommandHandler =>
    async (argument) => {
      await discovered();
      const isLocal = ({ source }: Bento): boolean => source !== 'remote';
      const bento = await choice.bento(argument, vscode.l10n.t('Which bento?'), isLocal);
      if (bento !== undefined) await progress.withoutProgress(bento.id, () => act(bento));
    };

  return {
    copyAsShellCommands: onBento(async (bento) => {
      const { copyShellCommands } = await import('../on-demand');
      await copyShellCommands(manager, bento);
    }),
    export: onBento(async (bento) => {
      const { askForExport } = await import('../on-demand');
      await askForExport(manager, bento);
    }),
  };
}
