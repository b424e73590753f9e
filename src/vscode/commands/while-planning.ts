import * as vscode from 'vscode';
import type { AskOptions } from '../../core/bento-manager';
import type { Bento } from '../../core/model';
import { asSignal } from '../lifecycle/as-signal';
import { plainWindow } from '../plain-window';
import { translated } from '../problems/problem-text';

/** Shows progress while BentoML determines what it would run. The user can cancel it. */
export const whilePlanning = <T>(
  { displayName }: Bento,
  work: (options: AskOptions) => Promise<T>,
): Promise<T> =>
  Promise.resolve(
    plainWindow.withProgress(
      { location: vscode.ProgressLocation.Notification, title: displayName, cancellable: true },
      (progress, token) => {
        progress.report({ message: vscode.l10n.t('reading its start commands') });
        return work({
          signal: asSignal(token),
          onPhase: (phase) => progress.report({ message: translated(phase, vscode.l10n) }),
        });
      },
    ),
  );
