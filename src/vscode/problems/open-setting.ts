import * as vscode from 'vscode';
import type { BentoSource, Component, Problem } from '../../core/model';
import { settingsSection } from '../identifiers';
import { plainWindow } from '../plain-window';

/** The parts of names under which there are settings. What is in any other object is no setting of its own. */
const groups = ['http', 'grpc', 'health'];

/** The setting that a sentence names first, such as `serveBento.http.port`. */
export function settingIn(sentence: string): string | undefined {
  const found = /\bserveBento\.([A-Za-z]+)((?:\.[A-Za-z]+)*)/.exec(sentence);
  if (found === null) return undefined;
  const [, first = '', rest = ''] = found;
  return `${settingsSection}.${first}${groups.includes(first) ? rest : ''}`;
}

/** What the settings are searched for: the one that is wrong, else those of a component, else all of ours. */
export function settingsQuery(
  problem: Problem | undefined,
  component?: Component,
  source?: BentoSource,
): string {
  const named = problem && settingIn(problem.message);
  if (named !== undefined) return `@id:${named}`;
  if (source === 'remote') return `@id:${settingsSection}.watch`;
  switch (component?.kind) {
    case undefined:
      return '@ext:serve-bento.serve-bento';
    case 'http':
    case 'grpc':
      return `@id:${settingsSection}.${component.kind}.*`;
    case 'runner':
    case 'service':
      return `@id:${settingsSection}.runners`;
  }
}

export async function openSettings(query: string): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.openSettings', query);
}

/** Something cannot be done as long as a setting, which the sentence names, says nothing. */
export async function tellUnset(sentence: string): Promise<void> {
  const open = vscode.l10n.t('Open Settings');
  if ((await plainWindow.showInformationMessage(sentence, open)) !== open) return;
  await openSettings(settingsQuery({ code: 'settings', message: sentence }));
}
