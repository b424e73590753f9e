import path from 'node:path';
import * as vscode from 'vscode';
import type { MissingDebugpy } from '../../core/debug/debugpy-source';
import { installDebugpy } from '../../core/debug/install-debugpy';
import { commandLine } from '../../core/diagnosis/packages/pip-install';
import type { Bento } from '../../core/model';
import { cancelled } from '../../core/problem';
import { untilAborted } from '../../core/until-aborted';
import { asSignal } from '../lifecycle/as-signal';
import { ownEnvironment } from '../lifecycle/own-environment';
import type { ExtensionParts } from '../parts/extension-parts';
import { plainWindow } from '../plain-window';

type Needed = Pick<ExtensionParts, 'context' | 'registry' | 'sources'>;

/** Resolves to the folder of debugpy. @throws ServeError when there is none, and nobody wants to install one. */
export type DebugpySource = (bento: Bento, cancel: AbortSignal) => Promise<string>;

/** debugpy of the bento's environment, else of the Python debugger extension, else our own, which is installed once. */
export function debugpySource({ context, registry, sources }: Needed): DebugpySource {
  /** Installations by their folders, so that two bentos that are debugged at the same time ask only once. */
  const installing = new Map<string, Promise<string>>();
  const begin = (name: string, missing: MissingDebugpy): Promise<string> => {
    const installed = install(name, missing, { run: sources.run, cwd: context.extensionPath });
    installing.set(missing.folder, installed);
    void installed
      .catch(() => undefined)
      .finally(() => {
        installing.delete(missing.folder);
      });
    return installed;
  };
  return async ({ id, displayName }, cancel) => {
    const bento = registry.discovered(id);
    if (bento === undefined) throw cancelled();
    const python =
      registry.bento(id)?.python ??
      (await sources.findInterpreter(bento, sources.settingsFor(bento), cancel)).path;
    const bundled = bundledDebugpy();
    const found = await sources.debugpy(
      python,
      bento,
      {
        storage: path.join(context.globalStorageUri.fsPath, 'debugpy'),
        ...(bundled === undefined ? {} : { bundled }),
      },
      cancel,
    );
    if (found.kind === 'found') return found.folder;
    return untilAborted(cancel, installing.get(found.folder) ?? begin(displayName, found));
  };
}

/** The folder of debugpy in the Python debugger extension, which need not be active. */
function bundledDebugpy(): string | undefined {
  const extension = vscode.extensions.getExtension('ms-python.debugpy');
  return extension && path.join(extension.extensionPath, 'bundled', 'libs');
}

async function mayInstall(name: string, missing: MissingDebugpy): Promise<boolean> {
  const { requirement, folder, command } = missing;
  // Nothing to ask: the installation fails, and its message says what is missing.
  if (command === undefined) return true;
  const button = vscode.l10n.t('Install debugpy');
  const answer = await plainWindow.showInformationMessage(
    vscode.l10n.t('{0}: debugging needs {1}. Install it for Serve Bento?', name, requirement),
    {
      modal: true,
      detail: vscode.l10n.t(
        'It will be installed into {0}. The environment of the bento is not changed.\n{1}',
        folder,
        commandLine([command.file, ...command.args]),
      ),
    },
    button,
  );
  return answer === button;
}

/** Installs debugpy after a confirmation. */
async function install(
  name: string,
  missing: MissingDebugpy,
  context: Pick<Parameters<typeof installDebugpy>[1], 'run' | 'cwd'>,
): Promise<string> {
  if (!(await mayInstall(name, missing))) throw cancelled();
  const title = vscode.l10n.t('Installing {0}', missing.requirement);
  return plainWindow.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (_, token) => {
      const signal = asSignal(token);
      return installDebugpy(missing, { ...context, env: ownEnvironment(), signal });
    },
  );
}
