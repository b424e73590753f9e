import * as vscode from 'vscode';
import type { Bento, Component } from '../../core/model';
import { canCompare } from '../tree/bento-row';
import { canScale } from '../tree/component-row';
import { anyComponent } from './any-component';
import type { CommandGroup, CommandHandler, CommandParts } from './command-group';
import { targetOf, workerOf, type WorkerTarget } from './target';
import { tell } from './tell';

/** Commands on containers and pods. */
export function engineCommands({
  manager,
  choice,
  progress,
  onEngine,
}: CommandParts): CommandGroup<
  'showWorkerLog' | 'showPreviousWorkerLog' | 'describe' | 'scale' | 'compare'
> {
  const onWorker =
    (act: (target: WorkerTarget) => Promise<void>): CommandHandler =>
    async (argument) => {
      const target = workerOf(argument);
      if (target !== undefined) await progress.withoutProgress(target.bento, () => act(target));
      else needsRow();
    };

  const scales = ({ id }: Bento, component: Component): boolean =>
    canScale(component, manager.details(id, component.id));

  return {
    showWorkerLog: onWorker((target) => onEngine.showLog(target, false)),
    showPreviousWorkerLog: onWorker((target) => onEngine.showLog(target, true)),
    describe: async (argument) => {
      const { bento, component } = targetOf(argument) ?? {};
      const subject =
        workerOf(argument) ??
        (bento === undefined || component === undefined ? undefined : { bento, component });
      if (subject === undefined) needsRow();
      else await progress.withoutProgress(subject.bento, () => onEngine.describe(subject));
    },
    scale: async (argument) => {
      const target = await choice.component(
        ...([argument, vscode.l10n.t('Scale which component?'), scales] as const),
      );
      if (target !== undefined) {
        await progress.withoutProgress(target.bento, () => onEngine.scale(target));
      } else if (!anyComponent(manager, scales)) {
        tell(vscode.l10n.t('No component that can be scaled runs in containers or a cluster.'));
      }
    },
    compare: async (argument) => {
      const question = vscode.l10n.t('Compare which bento?');
      const bento = await choice.bento(argument, question, canCompare);
      if (bento !== undefined) {
        await progress.withoutProgress(bento.id, () => onEngine.compare(bento));
      } else if (!manager.bentos.some(canCompare)) {
        tell(vscode.l10n.t('No bento is running in containers or a cluster.'));
      }
    },
  };
}

const needsRow = (): void =>
  tell(vscode.l10n.t('Run this command on the row of a container or pod in the view.'));
