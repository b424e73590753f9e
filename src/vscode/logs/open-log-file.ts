import * as vscode from 'vscode';
import { plainWindow } from '../plain-window';

/** Opens it at its end, where the news is. */
export async function openLogFile(file: string): Promise<void> {
  let document: vscode.TextDocument;
  try {
    document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  } catch {
    const message = vscode.l10n.t(
      'The log {0} cannot be opened: look at the terminal, which has the last output.',
      file,
    );
    void plainWindow.showWarningMessage(message);
    return;
  }
  const end = document.lineAt(document.lineCount - 1).range.end;
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(end, end) });
}
