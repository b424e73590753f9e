import * as vscode from 'vscode';
import type { TargetKind } from '../../core/target-kinds';
import { plainWindow } from '../plain-window';

/** Asks where a bento should be served. Returns undefined if the user cancels. */
export async function askForTarget(
  bento: string,
  current: TargetKind,
): Promise<TargetKind | undefined> {
  const items = [
    {
      label: vscode.l10n.t('This Machine'),
      detail: vscode.l10n.t('As processes that stop when the window is closed.'),
      target: 'local',
    },
    {
      label: vscode.l10n.t('Docker Compose'),
      detail: vscode.l10n.t('In containers that keep running when the window is closed.'),
      target: 'compose',
    },
    {
      label: vscode.l10n.t('Kubernetes'),
      detail: vscode.l10n.t('As pods in a cluster. They keep running when the window is closed.'),
      target: 'kubernetes',
    },
  ] as const;
  const chosen = await plainWindow.showQuickPick(
    items.map((item) =>
      item.target === current ? { ...item, description: vscode.l10n.t('current') } : item,
    ),
    { title: vscode.l10n.t('Where should {0} be served?', bento) },
  );
  return chosen?.target;
}
