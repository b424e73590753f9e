import path from 'node:path';
import * as vscode from 'vscode';
import { plainWindow } from '../plain-window';

/** The directory of certificates and keys. */
export interface Place {
  /** Absolute. */
  readonly directory: string;
  /** The path relative to the workspace folder, with slashes; undefined if it is outside. */
  readonly inFolder: string | undefined;
}

/** Asks where to save the files. The workspace is not the first choice, because keys in it are easily committed. */
export async function choosePlace(
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

/** The path inside the folder; undefined if it is outside. */
function pathInside(folder: string, directory: string): string | undefined {
  const relative = path.relative(folder, directory);
  const isOutside = relative.split(path.sep)[0] === '..' || path.isAbsolute(relative);
  return isOutside ? undefined : relative.replaceAll(path.sep, '/');
}
