import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import { assertNoLinks } from '../../core/export/write-export';
import type { Bento } from '../../core/model';
import {
  createDevelopmentCertificates,
  developmentFiles,
  type DevelopmentCertificates,
} from '../../core/tls/development-certificates';
import { ignoreInGit } from '../../core/tls/ignored-by-git';
import { commandIds } from '../identifiers';
import { plainWindow } from '../plain-window';
import { choosePlace, type Place } from './certificate-place';
import { profileName, useProfile, writeProfile } from './certificate-profile';

/**
 * Creates certificates for development, and a settings profile that uses them, for the bentos that the user chooses.
 */
export async function createCertificate(
  globalStorage: string,
  manager: BentoManager,
): Promise<void> {
  const folder = await chosenFolder();
  if (folder === undefined) return;
  const place = await choosePlace(folder, globalStorage);
  if (place === undefined || !(await mayReplace(place.directory))) return;
  const bentos = await chosenBentos(manager, folder);
  if (bentos === undefined) return;
  await prepare(folder, place);
  const files = await createDevelopmentCertificates(place.directory, Date.now());
  await writeProfile(folder, place, files);
  await useProfile(manager, bentos);
  await report(bentos, files);
}

async function report(
  bentos: readonly Bento[],
  { caFile }: DevelopmentCertificates,
): Promise<void> {
  const serve = vscode.l10n.t('Serve Bento');
  const show = vscode.l10n.t('Show Files');
  const names = bentos.map(({ displayName }) => displayName).join(', ');
  const message =
    bentos.length === 0
      ? vscode.l10n.t(
          'Certificate and profile {0} created. Clients accept the certificate once they trust {1}.',
          profileName,
          caFile,
        )
      : vscode.l10n.t(
          'Certificate created. It is used the next time you serve {0} (profile {1}). Clients accept it once they trust {2}.',
          names,
          profileName,
          caFile,
        );
  const chosen = await plainWindow.showInformationMessage(message, serve, show);
  if (chosen === serve) await vscode.commands.executeCommand(commandIds.serve, bentos[0]?.id);
  if (chosen === show) {
    await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.file(caFile));
  }
}

async function chosenFolder(): Promise<vscode.WorkspaceFolder | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length > 1) return vscode.window.showWorkspaceFolderPick();
  if (folders[0] === undefined) {
    void plainWindow.showInformationMessage(vscode.l10n.t('Open a folder with a bento first.'));
  }
  return folders[0];
}

/** Asks which bentos use the certificates. Returns undefined if the user cancels. */
async function chosenBentos(
  manager: BentoManager,
  { uri }: vscode.WorkspaceFolder,
): Promise<readonly Bento[] | undefined> {
  const bentos = manager.bentos.filter(
    ({ folder, source }) => folder === uri.fsPath && source !== 'remote',
  );
  if (bentos.length < 2) return bentos;
  const items = bentos.map((bento) => {
    const { chosen } = manager.profiles(bento.id);
    const replaces =
      chosen === undefined || chosen === profileName
        ? {}
        : { description: vscode.l10n.t('replaces the profile {0}', chosen) };
    return { label: bento.displayName, bento, ...replaces };
  });
  const chosen = await plainWindow.showQuickPick(items, {
    title: vscode.l10n.t('Create a Certificate for localhost'),
    placeHolder: vscode.l10n.t('Which bentos should use it?'),
    canPickMany: true,
  });
  return chosen?.map(({ bento }) => bento);
}

/** Prepares a directory in the workspace for keys: no link may lead them elsewhere, and Git must not see them. */
async function prepare(
  { uri }: vscode.WorkspaceFolder,
  { directory, inFolder }: Place,
): Promise<void> {
  if (inFolder === undefined) return;
  if (inFolder !== '') await assertNoLinks(uri.fsPath, inFolder);
  await mkdir(directory, { recursive: true });
  await ignoreInGit(directory, Object.values(developmentFiles));
}

async function mayReplace(place: string): Promise<boolean> {
  const names = Object.values(developmentFiles);
  const there = names.filter((name) => existsSync(path.join(place, name)));
  if (there.length === 0) return true;
  const replace = vscode.l10n.t('Replace');
  const answer = await plainWindow.showWarningMessage(
    vscode.l10n.t('Replace the certificate in {0}?', place),
    {
      modal: true,
      detail: vscode.l10n.t(
        'These files exist: {0}. Clients that trusted the old CA must trust the new one.',
        there.join(', '),
      ),
    },
    replace,
  );
  return answer === replace;
}
