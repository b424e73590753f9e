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
import { commandIds, settingsSection } from '../identifiers';
import { plainWindow } from '../plain-window';

/** The profile that the certificates are used with. */
const profileName = 'localhost TLS';
const settingsReadMs = 5_000;

interface Place {
  /** Absolute. */
  readonly directory: string;
  /** Relative to the workspace folder, with slashes; nothing when it is outside. */
  readonly inFolder: string | undefined;
}

/**
 * Makes certificates for development, and a profile that uses them, for the bentos that people choose. Paths of this
 * user go to the user's settings; those of the folder are relative, and its settings name them.
 */
export async function createCertificate(
  globalStorage: string,
  manager: BentoManager,
): Promise<void> {
  const folder = await chosenFolder();
  if (folder === undefined) return;
  const place = await chosenPlace(folder, globalStorage);
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

/** Nothing when people give up. */
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

/** Not in the folder unless somebody wants that: keys are soon committed. */
async function chosenPlace(
  folder: vscode.WorkspaceFolder,
  globalStorage: string,
): Promise<Place | undefined> {
  const own = path.join(globalStorage, 'certificates');
  const project = path.join(folder.uri.fsPath, 'certs');
  const items = [
    {
      label: vscode.l10n.t('Extension storage'),
      description: own,
      detail: vscode.l10n.t('Outside the workspace, so that no key is committed.'),
      directory: own,
    },
    {
      label: vscode.l10n.t('certs/ in {0}', folder.name),
      description: project,
      detail: vscode.l10n.t(
        'Relative paths in its settings; .gitignore keeps the files out of Git.',
      ),
      directory: project,
    },
    {
      label: vscode.l10n.t('Another folder…'),
      description: '',
      detail: vscode.l10n.t('For sharing with other projects.'),
      directory: undefined,
    },
  ];
  const chosen = await plainWindow.showQuickPick(items, {
    title: vscode.l10n.t('Create a Certificate for localhost'),
    placeHolder: vscode.l10n.t('Where should the files be saved?'),
  });
  if (chosen === undefined) return undefined;
  const directory = chosen.directory ?? (await pickedFolder(folder));
  return directory === undefined
    ? undefined
    : { directory, inFolder: pathInside(folder.uri.fsPath, directory) };
}

async function pickedFolder(folder: vscode.WorkspaceFolder): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: folder.uri,
    openLabel: vscode.l10n.t('Create Here'),
  });
  return picked?.[0]?.fsPath;
}

function pathInside(folder: string, directory: string): string | undefined {
  const relative = path.relative(folder, directory);
  const isOutside = relative.split(path.sep)[0] === '..' || path.isAbsolute(relative);
  return isOutside ? undefined : relative.replaceAll(path.sep, '/');
}

/** Before there is a key: no link may lead it elsewhere, and Git must not see it. */
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

async function writeProfile(
  folder: vscode.WorkspaceFolder,
  { directory, inFolder }: Place,
  files: DevelopmentCertificates,
): Promise<void> {
  const named = (file: string): string =>
    inFolder === undefined ? file : path.posix.join(inFolder, path.relative(directory, file));
  const certificate = { certFile: named(files.certFile), keyFile: named(files.keyFile) };
  const profile = {
    http: {
      tls: {
        ...certificate,
        caFile: named(files.caFile),
        clientCertFile: named(files.clientCertFile),
        clientKeyFile: named(files.clientKeyFile),
      },
    },
    // Not the authority: with it every client of gRPC would have to bring a certificate.
    grpc: { tls: certificate },
  };
  const settings = vscode.workspace.getConfiguration(settingsSection, folder);
  const present = settings.inspect<object>('profiles');
  const [own, target] =
    inFolder === undefined
      ? [present?.globalValue, vscode.ConfigurationTarget.Global]
      : [present?.workspaceFolderValue, vscode.ConfigurationTarget.WorkspaceFolder];
  await settings.update('profiles', { ...own, [profileName]: profile }, target);
}

/** The settings are read a moment after they were written. */
async function useProfile(manager: BentoManager, bentos: readonly Bento[]): Promise<void> {
  const isKnown = (): boolean =>
    bentos.every(({ id }) => manager.profiles(id).names.includes(profileName));
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const change = manager.onDidChange(() => {
    if (isKnown()) resolve(undefined);
  });
  const limit = setTimeout(resolve, settingsReadMs);
  if (!isKnown()) await promise;
  clearTimeout(limit);
  change.dispose();
  for (const { id } of bentos) manager.chooseProfile(id, profileName);
}
