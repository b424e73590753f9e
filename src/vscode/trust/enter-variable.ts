import path from 'node:path';
import * as vscode from 'vscode';
import type { OneTimeChoices } from '../../core/bento-manager';
import type { Bento } from '../../core/model';
import { appendEnvFile } from '../../core/settings/append-env-file';
import { settingsSection } from '../identifiers';
import { plainWindow } from '../plain-window';
import type { Secrets } from './secrets';

export interface EnterVariableParts {
  readonly secrets: Secrets;
  /** Of the settings of the bento: absolute paths, later ones win. */
  readonly envFiles: readonly string[];
  /** Serves the bento, with what holds for this time only. */
  readonly serve: (once: OneTimeChoices) => Promise<void>;
}

/** Asks where to keep a variable that the service needs, and for its value; then serves again. */
export async function enterVariable(
  { folder, displayName }: Pick<Bento, 'folder' | 'displayName'>,
  variable: string,
  { secrets, envFiles, serve }: EnterVariableParts,
): Promise<void> {
  const file = envFiles.at(-1) ?? path.join(folder, '.env');
  const relative = path.relative(folder, file);
  const shown = relative.startsWith('..') ? file : relative;
  const choices = [
    {
      label: vscode.l10n.t('Store as a secret'),
      detail: vscode.l10n.t(
        "In VS Code's secret storage, for this folder only. serveBento.env refers to it.",
      ),
      keep: () => storeAsSecret(secrets, folder, variable),
    },
    {
      label: vscode.l10n.t('Write to an env file'),
      detail: vscode.l10n.t('As plain text in {0}. Keep it out of version control.', shown),
      keep: () => writeToEnvFile(folder, file, variable, envFiles.length === 0),
    },
    {
      label: vscode.l10n.t('Use this time only'),
      detail: vscode.l10n.t('Not stored; forgotten when the bento is stopped.'),
      keep: () => askOnce(variable),
    },
  ];
  const chosen = await plainWindow.showQuickPick(choices, {
    title: vscode.l10n.t('{0}: the service needs {1}', displayName, variable),
    placeHolder: vscode.l10n.t('Where should its value be stored?'),
    ignoreFocusOut: true,
  });
  const once = await chosen?.keep();
  if (once !== undefined) await serve(once);
}

async function storeAsSecret(
  secrets: Secrets,
  folder: string,
  variable: string,
): Promise<OneTimeChoices> {
  const prompt = vscode.l10n.t(
    "The service needs this variable. It is stored in VS Code's secret storage, for this folder only.",
  );
  await secrets.of(folder, [{ secret: variable, variable }], prompt);
  const settings = settingsOf(folder);
  const own = settings.inspect<Readonly<Record<string, unknown>>>('env')?.workspaceFolderValue;
  const value = { ...own, [variable]: `\${secret:${variable}}` };
  await settings.update('env', value, vscode.ConfigurationTarget.WorkspaceFolder);
  return {};
}

async function writeToEnvFile(
  folder: string,
  file: string,
  variable: string,
  isNew: boolean,
): Promise<OneTimeChoices | undefined> {
  const value = await ask(variable, vscode.l10n.t('It is written to {0} as plain text.', file));
  if (value === undefined) return undefined;
  await appendEnvFile(file, variable, value);
  if (isNew) {
    const name = path.relative(folder, file);
    await settingsOf(folder).update('envFile', name, vscode.ConfigurationTarget.WorkspaceFolder);
  }
  return {};
}

async function askOnce(variable: string): Promise<OneTimeChoices | undefined> {
  const value = await ask(variable, vscode.l10n.t('It is used until the bento is stopped.'));
  return value === undefined ? undefined : { env: { [variable]: value } };
}

function ask(variable: string, whatFor: string): Thenable<string | undefined> {
  return plainWindow.showInputBox({
    title: variable,
    prompt: vscode.l10n.t('The service needs this variable. {0}', whatFor),
    password: true,
    ignoreFocusOut: true,
  });
}

const settingsOf = (folder: string): vscode.WorkspaceConfiguration =>
  vscode.workspace.getConfiguration(settingsSection, vscode.Uri.file(folder));
