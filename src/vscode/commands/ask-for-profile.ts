import * as vscode from 'vscode';
import type { BentoProfiles } from '../../core/bento-manager';
import { plainWindow } from '../plain-window';

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
  return plainWindow.showQuickPick(items, {
    title: vscode.l10n.t('Serve {0} with which profile?', bento),
  });
}
