import * as vscode from 'vscode';
import { ServeError } from '../../core/problem';

/** @throws ServeError `untrusted` */
export function assertTrusted(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ServeError({
    code: 'untrusted',
    message: vscode.l10n.t('Bentos in this folder cannot be served until you trust it.'),
  });
}
