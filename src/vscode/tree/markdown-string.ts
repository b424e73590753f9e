import * as vscode from 'vscode';
import type { Markdown } from './markdown';

/** The only place that makes Markdown for VS Code; a lint rule forbids it elsewhere. */
export function markdownString(paragraphs: readonly Markdown[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString(paragraphs.join('\n\n'));
  text.isTrusted = false;
  text.supportHtml = false;
  text.supportThemeIcons = false;
  return text;
}
