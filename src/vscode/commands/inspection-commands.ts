import * as vscode from 'vscode';
import type { Bento, Component } from '../../core/model';
import type { InspectedComponent } from '../profile/inspected-worker';
import { anyComponent } from './any-component';
import type { CommandGroup, CommandHandler, CommandParts } from './command-group';
import { tell } from './tell';

/** Commands that look into running workers. */
export function inspectionCommands({
  manager,
  choice,
  progress,
  profile,
  dumpStacks,
}: CommandParts): CommandGroup<'profile' | 'dumpStacks'> {
  const runsHere = (_: Bento, { remote, pids }: Component): boolean =>
    remote !== true && pids.length > 0;

  const onRunning =
    (question: string, act: (target: InspectedComponent) => Promise<void>): CommandHandler =>
    async (argument) => {
      const target = await choice.component(argument, question, runsHere);
      if (target !== undefined) await progress.withoutProgress(target.bento, () => act(target));
      else if (!anyComponent(manager, runsHere)) tell(vscode.l10n.t('Nothing is being served.'));
    };

  return {
    profile: onRunning(vscode.l10n.t('Profile which component?'), profile),
    dumpStacks: onRunning(vscode.l10n.t('Dump the stacks of which component?'), dumpStacks),
  };
}
