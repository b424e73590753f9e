import * as vscode from 'vscode';
import { debugType } from '../identifiers';

/** A configuration that serves a bento with the debugger. */
export const launchConfiguration = (bento: string, name: string): vscode.DebugConfiguration => ({
  type: debugType,
  request: 'launch',
  name: vscode.l10n.t('Debug {0}', name),
  bento,
});

/** A configuration that attaches to a served bento, or to one of its components. */
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
