import path from 'node:path';
import * as vscode from 'vscode';
import type { Bento } from '../../core/model';
import type { BentomlAction } from '../../core/store/bentoml-command';
import { versionOf } from '../store/store-node';
import type { CommandGroup, CommandHandler, CommandParts } from './command-group';
import { tell } from './tell';

/** Commands on the BentoML store, and those that build for it. */
export function storeCommands(
  parts: CommandParts,
): CommandGroup<'build' | 'containerize' | 'deleteVersion' | 'revealVersion'> {
  const { manager, choice, progress, discovered } = parts;

  const onBuildable =
    (
      action: BentomlAction,
      sources: readonly Bento['source'][],
      question: string,
    ): CommandHandler =>
    async (argument) => {
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
