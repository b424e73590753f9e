import path from 'node:path';
import type * as vscode from 'vscode';

/** Has the plans of the workspace, which another version of the extension would not read. */
export function storedPlansFolder(context: vscode.ExtensionContext): string {
  const storage = context.storageUri ?? context.globalStorageUri;
  const { version } = context.extension.packageJSON as { readonly version: string };
  return path.join(storage.fsPath, 'plans', version);
}

/** Has what interpreters said of themselves, for all windows of this user. */
export const interpreterFactsFolder = ({ globalStorageUri }: vscode.ExtensionContext): string =>
  path.join(globalStorageUri.fsPath, 'interpreters');
