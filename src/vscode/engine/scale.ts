import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import { componentTitle } from '../../core/component-title';
import type { Bento, Component } from '../../core/model';
import { maxReplicas } from '../../core/settings/value-types';
import { asSignal } from '../lifecycle/as-signal';
import { plainWindow } from '../plain-window';

/** Asks for the number of containers or pods of a component, and scales the component to it. */
export async function scale(
  manager: BentoManager,
  target: { readonly bento: string; readonly component: string },
): Promise<void> {
  const bento = manager.bento(target.bento);
  const component = bento?.components.find(({ id }) => id === target.component);
  if (bento === undefined || component === undefined) return;
  const name = componentTitle(component);
  const wanted = manager.details(bento.id, component.id)?.workersWanted ?? 1;
  const answer = await plainWindow.showInputBox({
    title: vscode.l10n.t('Number of replicas of {0} ({1})', name, bento.displayName),
    prompt: durationOf(bento, component),
    value: String(Math.max(1, wanted)),
    ignoreFocusOut: true,
    validateInput: (text) =>
      countIn(text) === undefined
        ? vscode.l10n.t('Enter a whole number from {0} to {1}.', 1, maxReplicas)
        : undefined,
  });
  const count = answer === undefined ? undefined : countIn(answer);
  if (count === undefined) return;
  const title = vscode.l10n.t('Scaling {0} to {1}', name, count);
  await plainWindow.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_, token) => manager.onEngine(bento.id).scale(component.id, count, asSignal(token)),
  );
}

function countIn(text: string): number | undefined {
  const count = /^\d{1,6}$/.test(text.trim()) ? Number(text) : 0;
  return count >= 1 && count <= maxReplicas ? count : undefined;
}

function durationOf({ engine }: Bento, { kind }: Component): string {
  const setting =
    kind === 'http' || kind === 'grpc' ? `serveBento.${kind}.replicas` : 'serveBento.runners';
  return engine?.kind === 'kubernetes'
    ? vscode.l10n.t('The cluster keeps this number until {0} sets a different one.', setting)
    : vscode.l10n.t(
        'This number applies until the bento is served or restarted. To keep it, set {0}.',
        setting,
      );
}
