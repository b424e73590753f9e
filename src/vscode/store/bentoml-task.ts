import * as vscode from 'vscode';
import { systemClock } from '../../core/clock';
import type { Run } from '../../core/programs/run';
import type { LaunchContext } from '../../core/registry/launch-context';
import type { BentomlAction, BentomlCommand } from '../../core/store/bentoml-command';
import { plainText } from '../plain-text';
import { RunTerminal } from './run-terminal';

/** Not one for tasks.json: what it needs is known only for a bento that was found. */
const taskType = 'serveBento.bentoml';
/** Builds of images end their own children first. */
const gracePeriodMs = 5_000;

export interface BentomlTask {
  readonly action: BentomlAction;
  readonly displayName: string;
  readonly command: BentomlCommand;
  readonly run: Run;
  /** Called once: null if the program was ended, could not be started, or its terminal was closed. */
  readonly ended: (exitCode: number | null) => void;
  /** Ends the program. */
  readonly signal?: AbortSignal;
}

/** Runs BentoML's own command on a bento, as a task that shows its output. Resolves when it has begun. */
export async function startBentomlTask(
  { action, displayName, command, run, ended, signal: cancel }: BentomlTask,
  { bento, interpreter, env }: LaunchContext,
): Promise<void> {
  const { title, args, cwd } = command;
  const terminal = (): RunTerminal =>
    new RunTerminal({
      clock: systemClock,
      command: title,
      run: async (onOutput, signal) => {
        let exitCode: number | null = null;
        try {
          const result = await run(interpreter.path, args, {
            ...{ cwd, env, maxBytes: 0, onOutput, gracePeriodMs },
            signal: cancel === undefined ? signal : AbortSignal.any([cancel, signal]),
          });
          exitCode = result.failed && result.exitCode === 0 ? null : result.exitCode;
          return result;
        } finally {
          ended(exitCode);
        }
      },
    });
  const task = new vscode.Task(
    { type: taskType, action, bento: bento.id },
    vscode.workspace.getWorkspaceFolder(vscode.Uri.file(bento.folder)) ??
      vscode.TaskScope.Workspace,
    plainText(
      action === 'build'
        ? vscode.l10n.t('Build {0}', displayName)
        : vscode.l10n.t('Containerize {0}', displayName),
    ),
    'BentoML',
    new vscode.CustomExecution(() => Promise.resolve(terminal())),
  );
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    clear: true,
  };
  await vscode.tasks.executeTask(task);
}
