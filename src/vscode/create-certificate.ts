import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import {
  createDevelopmentCertificates,
  developmentFiles,
  type DevelopmentCertificates,
} from '../core/tls/development-certificates';
import { commandIds, settingsSection } from './identifiers';
import { plainWindow } from './plain-window';

/** Makes certificates for development, and sets a folder's settings so that they are used. */
export async function createCertificate(globalStorage: string): Promise<void> {
  const folder = await chosenFolder();
  if (folder === undefined) return;
  const place = await chosenPlace(folder, globalStorage);
  if (place === undefined || !(await mayReplace(place))) return;
  const files = await createDevelopmentCertificates(place, Date.now());
  await apply(folder, files);
  const serve = vscode.l10n.t('Serve Bento');
  const show = vscode.l10n.t('Show the Files');
  const chosen = await plainWindow.showInformationMessage(
    vscode.l10n.t(
      'The certificate for localhost is there, and {0} is served with it from its next serve. Browsers and other clients accept it once they trust {1}.',
      folder.name,
      files.caFile,
    ),
    serve,
    show,
  );
  if (chosen === serve) await vscode.commands.executeCommand(commandIds.serve);
  if (chosen === show) {
    await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(files.caFile));
  }
}

async function chosenFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1) return vscode.window.showWorkspaceFolderPick();
  if (folders[0] === undefined) {
    void plainWindow.showInformationMessage(
      vscode.l10n.t('Open a folder first: its settings name the certificate.'),
    );
  }
  return folders[0];
}

/** Not in the folder unless somebody wants that: keys are soon committed. */
async function chosenPlace(
  folder: vscode.WorkspaceFolder,
  globalStorage: string,
): Promise<string | undefined> {
  const own = path.join(globalStorage, 'certificates');
  const items = [
    {
      label: vscode.l10n.t('With this extension'),
      description: own,
      detail: vscode.l10n.t('Outside of the folder, so that no key is committed.'),
    },
    {
      label: vscode.l10n.t('Another folder…'),
      description: '',
      detail: vscode.l10n.t('Where others can use the same one, such as certs in the project.'),
    },
  ];
  const [first] = items;
  const chosen = await plainWindow.showQuickPick(items, {
    title: vscode.l10n.t('Create a Certificate for localhost'),
    placeHolder: vscode.l10n.t('Where are its files to be?'),
  });
  if (chosen === undefined || chosen === first) return chosen && own;
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: folder.uri,
    openLabel: vscode.l10n.t('Create Here'),
  });
  return picked?.[0]?.fsPath;
}

async function mayReplace(place: string): Promise<boolean> {
  const names: readonly string[] = Object.values(developmentFiles);
  const there = names.filter((name) => existsSync(path.join(place, name)));
  if (there.length === 0) return true;
  const replace = vscode.l10n.t('Replace');
  const answer = await plainWindow.showWarningMessage(
    vscode.l10n.t('Replace the certificate in {0}?', place),
    {
      modal: true,
      detail: vscode.l10n.t(
        'These files are there: {0}. Who trusts their authority has to trust the new one.',
        there.join(', '),
      ),
    },
    replace,
  );
  return answer === replace;
}

async function apply(
  folder: vscode.WorkspaceFolder,
  { certFile, keyFile, caFile, clientCertFile, clientKeyFile }: DevelopmentCertificates,
): Promise<void> {
  const settings = vscode.workspace.getConfiguration(settingsSection, folder);
  const inFolder = (file: string): string => {
    const relative = path.relative(folder.uri.fsPath, file);
    const isOutside = relative.startsWith('..') || path.isAbsolute(relative);
    return isOutside ? file : relative.replaceAll(path.sep, '/');
  };
  const set = (name: string, value: string): Thenable<void> =>
    settings.update(name, inFolder(value), vscode.ConfigurationTarget.WorkspaceFolder);
  await set('http.tls.certFile', certFile);
  await set('http.tls.keyFile', keyFile);
  await set('http.tls.caFile', caFile);
  await set('http.tls.clientCertFile', clientCertFile);
  await set('http.tls.clientKeyFile', clientKeyFile);
  // Not the authority: with it every client of gRPC would have to bring a certificate.
  await set('grpc.tls.certFile', certFile);
  await set('grpc.tls.keyFile', keyFile);
}
