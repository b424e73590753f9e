import * as vscode from 'vscode';
import { ServeError } from '../../core/problem';

/** @throws ServeError `untrusted` */
export function assertTrusted(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ServeError({
    code: 'untrusted',
    message: vscode.l10n.t('The folder is not trusted, so nothing is served: trust it first.'),
  });
}
