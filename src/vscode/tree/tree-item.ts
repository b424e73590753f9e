import * as vscode from 'vscode';
import type { SourceLocation } from '../../core/model';
import { commandIds } from '../identifiers';
import { plainText } from '../plain-text';
import type { Row } from './row';

const states = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;

/** A row as VS Code shows it; its tooltip comes at hover. `node`: what its commands get. */
export function treeItem(id: string, row: Row, node?: object): vscode.TreeItem {
  const item = new vscode.TreeItem(plainText(row.label), states[row.collapsible]);
  item.id = id;
  item.description = plainText(row.description);
  item.contextValue = row.contextValue;
  item.iconPath = new vscode.ThemeIcon(
    row.icon.id,
    row.icon.color === undefined ? undefined : new vscode.ThemeColor(row.icon.color),
  );
  if (row.opens !== undefined) item.command = openCommand(row.opens);
  else if (row.showsTerminal === true) item.command = showTerminalCommand(node);
  item.accessibilityInformation = { label: row.accessibilityLabel, role: 'treeitem' };
  return item;
}

const showTerminalCommand = (node: object | undefined): vscode.Command => ({
  command: commandIds.showTerminal,
  title: vscode.l10n.t('Show Terminal'),
  arguments: [node],
});

function openCommand({ file, line }: SourceLocation): vscode.Command {
  const selection = new vscode.Range(line - 1, 0, line - 1, 0);
  return {
    command: 'vscode.open',
    title: vscode.l10n.t('Open File'),
    arguments: [vscode.Uri.file(file), { selection }],
  };
}
