import * as vscode from 'vscode';
import { commandIds, settingsSection } from './identifiers';
import type { Secrets } from './secrets';

/** Asks for the value of a variable, keeps it as a secret that `serveBento.env` of the folder names, and serves again. */
export async function enterVariable(
  secrets: Secrets,
  folder: string,
  variable: string,
  bento: string,
): Promise<void> {
  await secrets.of(folder, [variable]);
  const settings = vscode.workspace.getConfiguration(settingsSection, vscode.Uri.file(folder));
  const own = settings.inspect<Readonly<Record<string, unknown>>>('env')?.workspaceFolderValue;
  const value = { ...own, [variable]: `\${secret:${variable}}` };
  await settings.update('env', value, vscode.ConfigurationTarget.WorkspaceFolder);
  await vscode.commands.executeCommand(commandIds.serve, bento);
}
