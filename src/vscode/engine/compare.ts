import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import type { Bento } from '../../core/model';
import { whilePlanning } from '../commands/while-planning';
import { plainWindow } from '../plain-window';
import { messageAbout } from '../problems/message-about';
import { translated } from '../problems/problem-text';
import type { EngineDocuments } from './engine-documents';

/** Shows what a restart of a bento would change on its engine. */
export async function compare(
  manager: BentoManager,
  documents: EngineDocuments,
  bento: Bento,
): Promise<void> {
  const { running, planned, notes } = await whilePlanning(bento, (options) =>
    manager.compare(bento.id, options),
  );
  const isSame = running === planned;
  const said = notes.map((note) => translated(note, vscode.l10n));
  if (isSame && said.length === 0) said.push(vscode.l10n.t('A restart would change nothing.'));
  if (said.length > 0) {
    void plainWindow.showInformationMessage(messageAbout(bento, said.join(' ')));
  }
  if (isSame) return;
  const title = vscode.l10n.t('{0}: Running ↔ After a Restart', bento.displayName);
  await documents.compare(title, running, planned);
}
