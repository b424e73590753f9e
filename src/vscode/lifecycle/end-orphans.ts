import * as vscode from 'vscode';
import { systemClock } from '../../core/clock';
import { orphanTracking } from '../../core/orphans/orphans';
import { runFilesFolder } from './run-files-folder';
import { assertTrusted } from '../trust/assert-trusted';

/** Ends what extension hosts have left that were killed. On macOS that takes a program, which waits for the trust. */
export async function endOrphans(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): Promise<void> {
  const { reaper } = orphanTracking({
    folder: runFilesFolder(context),
    platform: process.platform,
    assertTrusted,
    log,
    clock: systemClock,
  });
  if (process.platform !== 'darwin' || vscode.workspace.isTrusted) {
    await reaper.reap();
    return;
  }
  context.subscriptions.push(vscode.workspace.onDidGrantWorkspaceTrust(() => void reaper.reap()));
}
