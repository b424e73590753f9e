import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import { asSignal } from '../lifecycle/as-signal';
import { plainWindow } from '../plain-window';
import { fullTitle } from '../tree/component-title';
import type { EngineDocuments } from './engine-documents';

/** A container, a pod or a component. */
export interface DescribedSubject {
  readonly bento: string;
  readonly component: string;
  readonly worker?: string;
}

/** Shows the engine's details of a container, a pod or a component. */
export async function describe(
  manager: BentoManager,
  documents: EngineDocuments,
  { bento: id, component, worker }: DescribedSubject,
): Promise<void> {
  const bento = manager.bento(id);
  const found = bento?.components.find((one) => one.id === component);
  if (bento === undefined || found === undefined) return;
  const title = worker ?? fullTitle(bento, found);
  const text = await plainWindow.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Describing {0}', title),
      cancellable: true,
    },
    (_, token) => manager.onEngine(id).describe(component, worker, asSignal(token)),
  );
  await documents.show(title, bento.engine?.kind === 'compose' ? 'yaml' : 'txt', text);
}
