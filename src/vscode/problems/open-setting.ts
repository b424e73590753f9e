import * as vscode from 'vscode';
import type { BentoSource, Component, Problem } from '../../core/model';
import { settingsSection } from '../identifiers';
import { plainWindow } from '../plain-window';

/** What the settings are searched for: the one that is wrong, else those of a component, else all of ours. */
export function settingsQuery(
  problem: Pick<Problem, 'setting'> | undefined,
  component?: Component,
  source?: BentoSource,
): string {
  if (problem?.setting !== undefined) return `@id:${problem.setting}`;
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

/** Shows that something cannot be done because a setting has no value, and offers to open it. */
export async function tellUnset(sentence: string, setting: string): Promise<void> {
  const open = vscode.l10n.t('Open Settings');
  if ((await plainWindow.showInformationMessage(sentence, open)) !== open) return;
  await openSettings(settingsQuery({ setting }));
}
