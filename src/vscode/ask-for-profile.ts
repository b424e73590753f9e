import * as vscode from 'vscode';
import type { BentoProfiles } from '../core/bento-manager';
import { settingsSection } from './identifiers';
import { openSettings } from './open-setting';

interface ProfileItem extends vscode.QuickPickItem {
  /** Nothing: none of them. */
  readonly name: string | undefined;
}

/** Undefined when the person gave up. */
export async function askForProfile(
  bento: string,
  { names, chosen }: BentoProfiles,
): Promise<{ readonly name: string | undefined } | undefined> {
  const none = { label: vscode.l10n.t('No profile'), name: undefined };
  const items = [...names.map((name) => ({ label: name, name })), none].map((item): ProfileItem =>
    item.name === chosen ? { ...item, description: vscode.l10n.t('used last') } : item,
  );
  return vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Serve {0} with which profile?', bento),
  });
}

export async function tellNoProfiles(): Promise<void> {
  const open = vscode.l10n.t('Open Settings');
  const message = vscode.l10n.t(
    'There are no profiles: name sets of settings in serveBento.profiles.',
  );
  if ((await vscode.window.showInformationMessage(message, open)) !== open) return;
  await openSettings(`@id:${settingsSection}.profiles`);
}
