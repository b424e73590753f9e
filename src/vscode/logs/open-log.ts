import * as vscode from 'vscode';
import type { BentoReader } from '../../core/bento-manager';
import { systemClock } from '../../core/clock';
import type { LogFolder } from '../../core/logs/log-folder';
import { logChoices, type LogChoice } from './log-choices';
import { messageAbout } from '../problems/message-about';
import { openLogFile } from './open-log-file';
import { plainWindow } from '../plain-window';

/** Opens a log that is on disk, whoever wrote it and when; asks which one where there are several. */
export async function openLog(
  target: { readonly bento?: string; readonly component?: string },
  manager: BentoReader,
  logs: LogFolder,
): Promise<void> {
  const context = {
    bentos: manager.bentos,
    now: systemClock.date(),
    locale: vscode.env.language,
  };
  const choices = logChoices(await logs.stored(), target, context, vscode.l10n);
  const [first, ...others] = choices;
  if (first === undefined) {
    const bento = target.bento === undefined ? undefined : manager.bento(target.bento);
    const said = vscode.l10n.t('There is no log yet: it is written while the bento is served.');
    void plainWindow.showInformationMessage(bento === undefined ? said : messageAbout(bento, said));
    return;
  }
  const file = others.length === 0 ? first.file : await ask(choices);
  if (file !== undefined) await openLogFile(file);
}

async function ask(choices: readonly LogChoice[]): Promise<string | undefined> {
  const firstOther = choices.findIndex(({ isOfWindow }) => !isOfWindow);
  const separator = {
    label: vscode.l10n.t('other folders'),
    kind: vscode.QuickPickItemKind.Separator,
    file: undefined,
  };
  const items: (vscode.QuickPickItem & { readonly file: string | undefined })[] = [...choices];
  if (firstOther > 0) items.splice(firstOther, 0, separator);
  const chosen = await plainWindow.showQuickPick(items, {
    placeHolder: vscode.l10n.t('Open which log?'),
    matchOnDescription: true,
  });
  return chosen?.file;
}
