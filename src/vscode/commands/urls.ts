import * as vscode from 'vscode';
import { plainWindow } from '../plain-window';

/** As the person's own machine reaches it: forwarded in remote windows. */
const reachable = (url: string): Thenable<vscode.Uri> =>
  vscode.env.asExternalUri(vscode.Uri.parse(url, true));

export async function openUrl(url: string): Promise<void> {
  await vscode.env.openExternal(await reachable(url));
}

export async function copyUrl(url: string): Promise<void> {
  const uri = await reachable(url);
  await vscode.env.clipboard.writeText(uri.toString(true));
  plainWindow.setStatusBarMessage(vscode.l10n.t('Copied {0}', uri.toString(true)), 3000);
}
