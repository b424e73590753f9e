import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { BentoReader } from '../../core/bento-manager';
import { rawSettings } from '../../core/settings/raw-settings';
import { diagnostics } from './diagnostics';
import { settingsSection } from '../identifiers';
import { hasPythonExtension } from '../sources/python-extension';

/** Gathers what only the editor knows. */
export function diagnosticsOf(
  manager: BentoReader,
  extension: Pick<vscode.Extension<unknown>, 'packageJSON'>,
): string {
  const { isTrusted, workspaceFolders = [] } = vscode.workspace;
  const settings = workspaceFolders.map(({ name, uri }) => [
    name,
    rawSettings(vscode.workspace.getConfiguration(settingsSection, uri), isTrusted),
  ]);
  return diagnostics({
    manager,
    versions: {
      'Serve Bento': (extension.packageJSON as { version: string }).version,
      'VS Code': `${vscode.version} (${vscode.env.appName})`,
      Remote: vscode.env.remoteName ?? 'none',
      System: `${process.platform} ${process.arch}, Node ${process.versions.node}`,
      'Python extension': hasPythonExtension() ? 'installed' : 'not installed',
    },
    settings: Object.fromEntries(settings) as Record<string, unknown>,
    trusted: isTrusted,
    home: homedir(),
  });
}
