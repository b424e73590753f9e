import * as vscode from 'vscode';
import { plainWindow } from '../plain-window';

/** Asks whether existing files may be replaced. */
export async function mayReplace(files: readonly string[]): Promise<boolean> {
  const replace = vscode.l10n.t('Replace');
  const question =
    files.length === 1
      ? vscode.l10n.t('{0} already exists.', files[0] ?? '')
      : vscode.l10n.t('These files already exist: {0}.', files.join(', '));
  return (await plainWindow.showWarningMessage(question, { modal: true }, replace)) === replace;
}
