import * as vscode from 'vscode';
import type { CommandId } from '../identifiers';
import type { Markdown } from './markdown';

/**
 * The only place that makes Markdown for VS Code; a lint rule forbids it elsewhere. `enabledCommands`: those that its
 * links may run.
 */
export function markdownString(
  paragraphs: readonly Markdown[],
  enabledCommands: readonly CommandId[] = [],
): vscode.MarkdownString {
  const text = new vscode.MarkdownString(paragraphs.join('\n\n'));
  text.isTrusted = enabledCommands.length === 0 ? false : { enabledCommands };
  text.supportHtml = false;
  text.supportThemeIcons = false;
  return text;
}
