import { translated } from '../problems/problem-text';
import path from 'node:path';
import * as vscode from 'vscode';
import type { BentoCommander, BentoManager } from '../../core/bento-manager';
import type { ExportedSet } from '../../core/export/exported-set';
import { processCompose } from '../../core/export/process-compose';
import { procfile } from '../../core/export/procfile';
import { shellCommands } from '../../core/export/shell';
import { tasksJson } from '../../core/export/tasks-json';
import { readExport, writeExport } from '../../core/export/write-export';
import type { Bento } from '../../core/model';
import { messageAbout } from '../problems/message-about';
import { isServed } from '../lifecycle/readiness';
import { plainWindow } from '../plain-window';
import { mayReplace } from './may-replace';
import { whilePlanning } from './while-planning';
import {
  composeFormat,
  exportContainers,
  kubernetesFormat,
  type ContainerFormat,
} from './write-containers';

/** A file with start commands for this machine. */
interface CommandFormat {
  /** Relative to the workspace folder. */
  readonly file: string;
  readonly text: (set: ExportedSet, present: string | undefined) => string;
  /** The present contents of the file are kept. */
  readonly merges?: true;
}

interface Format extends vscode.QuickPickItem {
  readonly commands?: CommandFormat;
  readonly containers?: ContainerFormat;
}

const formats = (): readonly Format[] => [
  {
    label: 'Procfile',
    description: vscode.l10n.t('for honcho, foreman and others'),
    commands: { file: 'Procfile', text: procfile },
  },
  {
    label: 'process-compose.yaml',
    description: vscode.l10n.t('for process-compose'),
    commands: { file: 'process-compose.yaml', text: processCompose },
  },
  {
    label: 'tasks.json',
    description: vscode.l10n.t('for the tasks of VS Code'),
    commands: { file: '.vscode/tasks.json', text: tasksJson, merges: true },
  },
  {
    label: 'Docker Compose',
    description: vscode.l10n.t('a container for each component, on one machine'),
    containers: composeFormat,
  },
  {
    label: vscode.l10n.t('Kubernetes manifests'),
    description: vscode.l10n.t('a Deployment for each component, in a cluster'),
    containers: kubernetesFormat,
  },
];

export async function copyShellCommands(manager: BentoCommander, bento: Bento): Promise<void> {
  const set = await startCommandsOf(manager, bento);
  await vscode.env.clipboard.writeText(shellCommands(set));
  tellExported(vscode.l10n.t('Shell commands copied.'), bento, set);
}

/** Asks for the format, and before a file is replaced. */
export async function askForExport(manager: BentoManager, bento: Bento): Promise<void> {
  const format = await plainWindow.showQuickPick(formats(), {
    title: vscode.l10n.t('Export {0} as', bento.displayName),
  });
  if (format?.commands !== undefined) await exportCommands(manager, bento, format.commands);
  if (format?.containers !== undefined) await exportContainers(manager, bento, format.containers);
}

async function exportCommands(
  manager: BentoCommander,
  bento: Bento,
  { file, text, merges }: CommandFormat,
): Promise<void> {
  const present = await readExport(bento.folder, file);
  if (present !== undefined && merges === undefined && !(await mayReplace([file]))) return;
  const set = await startCommandsOf(manager, bento);
  await writeExport(bento.folder, file, text(set, present));
  await vscode.window.showTextDocument(vscode.Uri.file(path.join(bento.folder, file)));
  tellExported(vscode.l10n.t('{0} was written.', file), bento, set);
}

const startCommandsOf = (manager: BentoCommander, bento: Bento): Promise<ExportedSet> =>
  whilePlanning(bento, (options) => manager.startCommands(bento.id, options));

/** Shows what was exported, what the user has to do, and what was left out. */
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
