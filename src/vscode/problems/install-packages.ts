import * as vscode from 'vscode';
import { commandLine } from '../../core/diagnosis/packages/pip-install';
import type { Run } from '../../core/programs/run';
import { ServeError } from '../../core/problem';
import { findCommand } from '../../core/interpreter/find-command';
import { installCommand, type InstallCommand } from '../../core/interpreter/install-command';
import type { PythonTools } from '../../core/interpreter/probe-report';
import { ownEnvironment } from '../lifecycle/own-environment';
import { plainWindow } from '../plain-window';

export interface InstallContext {
  readonly run: Run;
  readonly tools: (python: string, bento: string | undefined) => Promise<PythonTools>;
  /** A folder with nothing of the workspace in it: the extension's own. */
  readonly cwd: string;
}

/**
 * Asks, then installs in a terminal, where people see what it does and can answer it.
 * @returns true when the packages were installed
 * @throws ServeError `no-python` when nothing is there that could install them
 */
export async function installPackages(
  python: string,
  packages: readonly string[],
  bento: string | undefined,
  context: InstallContext,
): Promise<boolean> {
  // The interpreter may be one of the workspace's.
  if (!vscode.workspace.isTrusted) return false;
  const tools = await context.tools(python, bento);
  const uv = await findCommand('uv', { env: process.env, platform: process.platform });
  const command = installCommand(python, packages, tools, uv);
  if (command === undefined) throw noInstaller(python, packages);
  if (!(await mayInstall(python, packages, command))) return false;
  if (command.bootstrap !== undefined) await bootstrap(python, command.bootstrap, context);
  // The program and its arguments as they are: no shell reads them.
  const terminal = plainWindow.createTerminal({
    name: vscode.l10n.t('Install'),
    shellPath: command.file,
    shellArgs: [...command.args],
    cwd: context.cwd,
    isTransient: true,
  });
  terminal.show();
  return (await exitCode(terminal)) === 0;
}

async function mayInstall(
  python: string,
  packages: readonly string[],
  { file, args, bootstrap }: InstallCommand,
): Promise<boolean> {
  const install = vscode.l10n.t('Install');
  const lines = [[file, ...args], ...(bootstrap === undefined ? [] : [[python, ...bootstrap]])];
  const answer = await plainWindow.showInformationMessage(
    vscode.l10n.t('Install {0} into {1}?', packages.join(', '), python),
    { modal: true, detail: lines.reverse().map(commandLine).join('\n') },
    install,
  );
  return answer === install;
}

async function bootstrap(
  python: string,
  args: readonly string[],
  { run, cwd }: InstallContext,
): Promise<void> {
  const title = vscode.l10n.t('Installing pip');
  const result = await plainWindow.withProgress(
    { location: vscode.ProgressLocation.Notification, title },
    () =>
      run(python, args, { cwd, env: ownEnvironment(), timeoutMs: 120_000, maxBytes: 1_000_000 }),
  );
  if (!result.failed) return;
  throw new ServeError({
    code: 'no-python',
    message: vscode.l10n.t(
      'pip could not be installed into {0} with ensurepip. Install pip or uv, then try again.',
      python,
    ),
    detail: `${result.stdout}\n${result.stderr}`.trim(),
  });
}

const noInstaller = (python: string, packages: readonly string[]): ServeError =>
  new ServeError({
    code: 'no-python',
    message: vscode.l10n.t(
      '{0} cannot be installed into {1}: it has no pip, no uv was found, and its Python has no ensurepip. Install uv or pip, then try again.',
      packages.join(', '),
      python,
    ),
  });

function exitCode(terminal: vscode.Terminal): Promise<number | undefined> {
  return new Promise((resolve) => {
    const closing = vscode.window.onDidCloseTerminal((closed) => {
      if (closed !== terminal) return;
      closing.dispose();
      resolve(closed.exitStatus?.code);
    });
  });
}
