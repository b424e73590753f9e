import * as vscode from 'vscode';
import { hasPythonExtension } from './python-extension';

/** The Python extension's own picker where it is there, else our setting. */
export async function selectInterpreter(): Promise<void> {
  if (hasPythonExtension()) await vscode.commands.executeCommand('python.setInterpreter');
  else {
    await vscode.commands.executeCommand(
      'workbench.action.openSettings',
      'serveBento.pythonPath',
    );
  }
}

/** Asks, then runs pip where people see what it does. */
export async function installBentoml(python: string): Promise<void> {
  const install = vscode.l10n.t('Install');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Install BentoML into {0}?', python),
    { modal: true, detail: `${python} -m pip install bentoml` },
    install,
  );
  if (answer !== install) return;
  // The program and its arguments as they are: no shell reads them.
  const terminal = vscode.window.createTerminal({
    name: vscode.l10n.t('Install BentoML'),
    shellPath: python,
    shellArgs: ['-m', 'pip', 'install', 'bentoml'],
    isTransient: true,
  });
  terminal.show();
}
