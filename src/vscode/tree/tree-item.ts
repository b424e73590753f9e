import * as vscode from 'vscode';
import type { SourceLocation } from '../../core/model';
import { plainText } from '../plain-text';
import type { Row } from './row';

const states = {
  none: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;

/** A row as VS Code shows it; its tooltip comes at hover. */
export function treeItem(id: string, row: Row): vscode.TreeItem {
  const item = new vscode.TreeItem(plainText(row.label), states[row.collapsible]);
  item.id = id;
  item.description = plainText(row.description);
  item.contextValue = row.contextValue;
  item.iconPath = new vscode.ThemeIcon(
    row.icon.id,
    row.icon.color === undefined ? undefined : new vscode.ThemeColor(row.icon.color),
  );
  if (row.opens !== undefined) item.command = openCommand(row.opens);
  item.accessibilityInformation = { label: row.accessibilityLabel, role: 'treeitem' };
  return item;
}

function openCommand({ file, line }: SourceLocation): vscode.Command {
  const selection = new vscode.Range(line - 1, 0, line - 1, 0);
  return {
    command: 'vscode.open',
    title: vscode.l10n.t('Open File'),
    arguments: [vscode.Uri.file(file), { selection }],
  };
}
