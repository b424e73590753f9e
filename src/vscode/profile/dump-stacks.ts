import * as vscode from 'vscode';
import { systemClock } from '../../core/clock';
import { stacksText } from '../../core/profile/stacks-text';
import { asSignal } from '../lifecycle/as-signal';
import { plainWindow } from '../plain-window';
import { messageOf } from '../problems/problem-text';
import { titleOf, type Inspected, type InspectedComponent } from './inspected-worker';
import type { StacksDocuments } from './stacks-documents';

/** Shows what all threads of the workers of a component are doing now, also when they hang. */
export async function dumpStacks(
  { bento: id, component }: InspectedComponent,
  registry: Inspected,
  documents: StacksDocuments,
): Promise<void> {
  const workers = registry.workers(id, component, 'stacks');
  const bento = registry.bento(id);
  if (bento === undefined) return;
  const title = titleOf(bento, component);
  const dumps = await plainWindow.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Dumping the stacks of {0}', title),
      cancellable: true,
    },
    (_, token) => registry.dumpStacks(id, workers, asSignal(token)),
  );
  const time = new Date(systemClock.date()).toLocaleTimeString(vscode.env.language);
  const stacks = stacksText(dumps, {
    title: vscode.l10n.t('{0} at {1}: all threads, the innermost call first', title, time),
    worker: ({ worker }) => vscode.l10n.t('Process {0}', String(worker.pid)),
    thread: ([first = '', ...others], isMain) => {
      if (isMain) return vscode.l10n.t('Main thread');
      return others.length === 0
        ? vscode.l10n.t('Thread {0}', first)
        : vscode.l10n.t('{0} threads with the same stack', others.length + 1);
    },
    problem: ({ problem }) => problem && messageOf(problem, vscode.l10n),
  });
  await documents.show(title, time, stacks);
}
