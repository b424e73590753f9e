import * as vscode from 'vscode';
import { settingsSection } from '../identifiers';
import { openSettings } from '../problems/open-setting';
import { hasPythonExtension } from './python-extension';

/** The Python extension's own picker where it is there, else our setting. */
export async function selectInterpreter(): Promise<void> {
  if (hasPythonExtension()) await vscode.commands.executeCommand('python.setInterpreter');
  else {
    await openSettings(`@id:${settingsSection}.pythonPath`);
  }
}
