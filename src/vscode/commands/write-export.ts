import { translated } from '../problems/problem-text';
import path from 'node:path';
import * as vscode from 'vscode';
import type { BentoCommander } from '../../core/bento-manager';
import type { ExportedSet } from '../../core/export/exported-set';
import { processCompose } from '../../core/export/process-compose';
import { procfile } from '../../core/export/procfile';
import { shellCommands } from '../../core/export/shell';
import { tasksJson } from '../../core/export/tasks-json';
import { readExport, writeExport } from '../../core/export/write-export';
import type { Bento } from '../../core/model';
import { messageAbout } from '../problems/message-about';
import { isServed } from '../lifecycle/readiness';
import { asSignal } from '../lifecycle/as-signal';
import { plainWindow } from '../plain-window';

interface Format extends vscode.QuickPickItem {
  /** Relative to the workspace folder. */
  readonly file: string;
  readonly text: (set: ExportedSet, present: string | undefined) => string;
  /** What is in the file already stays there. */
  readonly merges?: true;
}

const formats = (): readonly Format[] => [
  {
    label: 'Procfile',
    description: vscode.l10n.t('for honcho, foreman and others'),
    file: 'Procfile',
    text: procfile,
  },
  {
    label: 'process-compose.yaml',
    description: vscode.l10n.t('for process-compose'),
    file: 'process-compose.yaml',
    text: processCompose,
  },
  {
    label: 'tasks.json',
    description: vscode.l10n.t('for the tasks of VS Code'),
    file: '.vscode/tasks.json',
    text: tasksJson,
    merges: true,
  },
];

export async function copyShellCommands(manager: BentoCommander, bento: Bento): Promise<void> {
  const set = await startCommandsOf(manager, bento);
  await vscode.env.clipboard.writeText(shellCommands(set));
  tellExported(vscode.l10n.t('Shell commands copied.'), bento, set);
}

/** Asks for the kind of file, and before one is replaced. */
export async function askForExport(manager: BentoCommander, bento: Bento): Promise<void> {
  const format = await plainWindow.showQuickPick(formats(), {
    title: vscode.l10n.t('Export {0} as', bento.displayName),
  });
  if (format === undefined) return;
  const present = await readExport(bento.folder, format.file);
  if (present !== undefined && format.merges === undefined && !(await mayReplace(format.file))) {
    return;
  }
  const set = await startCommandsOf(manager, bento);
  const text = format.text(set, present);
  await writeExport(bento.folder, format.file, text);
  await vscode.window.showTextDocument(vscode.Uri.file(path.join(bento.folder, format.file)));
  tellExported(vscode.l10n.t('{0} was written.', format.file), bento, set);
}

function startCommandsOf(
  manager: BentoCommander,
  { id, displayName }: Bento,
): Promise<ExportedSet> {
  return Promise.resolve(
    plainWindow.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: displayName,
        cancellable: true,
      },
      (progress, token) => {
        progress.report({ message: vscode.l10n.t('reading its start commands') });
        return manager.startCommands(id, {
          signal: asSignal(token),
          onPhase: (phase) => progress.report({ message: translated(phase, vscode.l10n) }),
        });
      },
    ),
  );
}

async function mayReplace(file: string): Promise<boolean> {
  const replace = vscode.l10n.t('Replace');
  const question = vscode.l10n.t('{0} already exists.', file);
  return (await plainWindow.showWarningMessage(question, { modal: true }, replace)) === replace;
}

/** With what the person has to do, and what could not be taken along. */
function tellExported(done: string, bento: Bento, { fromOutside, leftOut }: ExportedSet): void {
  const message = [
    done,
    ...(isServed(bento)
      ? [vscode.l10n.t('Stop the bento before you run the commands: they may need its ports.')]
      : []),
    ...(fromOutside.length === 0
      ? []
      : [vscode.l10n.t('Set these variables where you run it: {0}.', fromOutside.join(', '))]),
    ...leftOut.map((sentence) => translated(sentence, vscode.l10n)),
  ].join(' ');
  void plainWindow.showInformationMessage(messageAbout(bento, message));
}
