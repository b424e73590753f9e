import type { PythonExtension } from '@vscode/python-extension';
import * as vscode from 'vscode';

const id = 'ms-python.python';
/** It may have to start its own discovery first; serving does not wait longer than this. */
const limitMs = 5000;

/** The interpreter chosen in the Python extension for a folder; nothing where that extension is not there. */
export async function selectedInterpreter(folder: string): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>(id);
  if (extension === undefined) return undefined;
  const limit = new Promise<undefined>((resolve) =>
    setTimeout(() => resolve(undefined), limitMs).unref(),
  );
  return Promise.race([selected(extension, folder), limit]);
}

async function selected(
  extension: vscode.Extension<PythonExtension>,
  folder: string,
): Promise<string | undefined> {
  try {
    const { environments } = await extension.activate();
    const uri = folder === '' ? undefined : vscode.Uri.file(folder);
    const active = environments.getActiveEnvironmentPath(uri);
    // What that extension says where nothing was chosen: the search goes on.
    if (active.id === 'DEFAULT_PYTHON' || active.path === 'python') return undefined;
    const environment = await environments.resolveEnvironment(active);
    return environment?.executable.uri?.fsPath;
  } catch {
    // Its trouble is not ours: the search goes on with what is on the disk.
    return undefined;
  }
}

/** Calls back when another interpreter is chosen there; starts nothing for it. */
export function onDidSelectInterpreter(listener: () => void): vscode.Disposable | undefined {
  const extension = vscode.extensions.getExtension<PythonExtension>(id);
  if (extension?.isActive !== true) return undefined;
  return extension.exports.environments.onDidChangeActiveEnvironmentPath(listener);
}

export const hasPythonExtension = (): boolean => vscode.extensions.getExtension(id) !== undefined;
