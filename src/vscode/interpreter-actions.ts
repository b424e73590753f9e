import * as vscode from 'vscode';
import { pipInstall } from '../core/causes/pip-install';
import { commandIds, settingsSection } from './identifiers';
import { openSettings } from './open-setting';
import { plainWindow } from './plain-window';
import { hasPythonExtension } from './python-extension';

/** The Python extension's own picker where it is there, else our setting. */
export async function selectInterpreter(): Promise<void> {
  if (hasPythonExtension()) await vscode.commands.executeCommand('python.setInterpreter');
  else {
    await openSettings(`@id:${settingsSection}.pythonPath`);
  }
}

/** Asks, then runs pip where people see what it does. */
export async function installPackages(
  python: string,
  packages: readonly string[],
  bento: string | undefined,
): Promise<void> {
  // The interpreter may be one of the workspace's.
  if (!vscode.workspace.isTrusted) return;
  const install = vscode.l10n.t('Install');
  const answer = await plainWindow.showInformationMessage(
    vscode.l10n.t('Install {0} into {1}?', packages.join(', '), python),
    { modal: true, detail: pipInstall(python, packages) },
    install,
  );
  if (answer !== install) return;
  // The program and its arguments as they are: no shell reads them.
  const terminal = plainWindow.createTerminal({
    name: vscode.l10n.t('Install'),
    shellPath: python,
    shellArgs: ['-m', 'pip', 'install', ...packages],
    isTransient: true,
  });
  terminal.show();
  if ((await exitCode(terminal)) !== 0 || bento === undefined) return;
  const serve = vscode.l10n.t('Serve Bento');
  const done = vscode.l10n.t('{0} is installed.', packages.join(', '));
  if ((await plainWindow.showInformationMessage(done, serve)) === serve) {
    await vscode.commands.executeCommand(commandIds.serve, bento);
  }
}

function exitCode(terminal: vscode.Terminal): Promise<number | undefined> {
  return new Promise((resolve) => {
    const closing = vscode.window.onDidCloseTerminal((closed) => {
      if (closed !== terminal) return;
      closing.dispose();
      resolve(closed.exitStatus?.code);
    });
  });
}
