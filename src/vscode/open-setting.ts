import * as vscode from 'vscode';
import type { BentoSource, Component, Problem } from '../core/model';
import { settingKeys } from '../core/settings/schema';
import { settingsSection } from './identifiers';
import { plainWindow } from './plain-window';

/** The setting that a sentence names first, such as `serveBento.http.port`; of a table or list, the whole of it. */
export function settingIn(sentence: string): string | undefined {
  const [, name = ''] = /\bserveBento\.([A-Za-z]+(?:\.[A-Za-z]+)*)/.exec(sentence) ?? [];
  const key = settingKeys.find((one) => name === one || name.startsWith(`${one}.`));
  return key === undefined ? undefined : `${settingsSection}.${key}`;
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
