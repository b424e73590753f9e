import path from 'node:path';
import type * as vscode from 'vscode';

/** Returns the folder with the plans of the workspace. Each version of the extension has its own. */
export function storedPlansFolder(context: vscode.ExtensionContext): string {
  const storage = context.storageUri ?? context.globalStorageUri;
  const { version } = context.extension.packageJSON as { readonly version: string };
  return path.join(storage.fsPath, 'plans', version);
}

/** Returns the folder with the interpreter reports, which all windows share. */
export const interpreterFactsFolder = ({ globalStorageUri }: vscode.ExtensionContext): string =>
  path.join(globalStorageUri.fsPath, 'interpreters');
