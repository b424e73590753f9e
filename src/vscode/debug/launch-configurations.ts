import * as vscode from 'vscode';
import { debugType } from '../identifiers';

/** What serves a bento under the debugger. */
export const launchConfiguration = (bento: string, name: string): vscode.DebugConfiguration => ({
  type: debugType,
  request: 'launch',
  name: vscode.l10n.t('Debug {0}', name),
  bento,
});

/** What attaches to a bento that is served, or to one component of it. */
export const attachConfiguration = (
  bento: string,
  name: string,
  component?: string,
): vscode.DebugConfiguration => ({
  type: debugType,
  request: 'attach',
  name: vscode.l10n.t('Attach to {0}', name),
  bento,
  ...(component === undefined ? {} : { component }),
});
