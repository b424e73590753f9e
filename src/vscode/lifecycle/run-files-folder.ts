import path from 'node:path';
import type { ExtensionContext } from 'vscode';

/** Of all windows of this user. */
export const runFilesFolder = ({ globalStorageUri }: ExtensionContext): string =>
  path.join(globalStorageUri.fsPath, 'runs');
