import * as vscode from 'vscode';
import type { Bento } from '../../core/model';
import type { RunningWorker } from '../../core/profile/running-worker';
import type { BentoRegistry } from '../../core/registry/bento-registry';
import { componentTitle } from '../../core/component-title';
import { plainWindow } from '../plain-window';

/** What profiles and stacks need of the registry. */
export type Inspected = Pick<BentoRegistry, 'bento' | 'workers' | 'profile' | 'dumpStacks'>;

/** A component of a bento, by their ids. */
export interface InspectedComponent {
  readonly bento: string;
  readonly component: string;
}

/** `http · Search`. */
export function titleOf(bento: Bento, component: string): string {
  const found = bento.components.find(({ id }) => id === component);
  return `${found === undefined ? component : componentTitle(found)} · ${bento.displayName}`;
}

/** The only worker, or the one that the user chooses. */
export async function chooseWorker(
  workers: readonly RunningWorker[],
): Promise<RunningWorker | undefined> {
  if (workers.length < 2) return workers[0];
  const items = workers.map((worker, index) => ({
    label: vscode.l10n.t('Worker {0}', index + 1),
    description: vscode.l10n.t('process {0}', String(worker.pid)),
    worker,
  }));
  const placeHolder = vscode.l10n.t('Profile which worker?');
  return (await plainWindow.showQuickPick(items, { placeHolder }))?.worker;
}
