import path from 'node:path';
import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import type { ExportedFile } from '../../core/export/exported-file';
import { readExport } from '../../core/export/write-export';
import { writeExports } from '../../core/export/write-exports';
import type { Bento } from '../../core/model';
import { composeFileName, composeFiles } from '../../core/target/compose/compose-file';
import { secretsFile } from '../../core/target/compose/compose-service';
import type { ContainerPlan, ImageChoice } from '../../core/target/containers/container-plan';
import { isInRegistry, isPinned } from '../../core/target/containers/image-reference';
import { kustomize } from '../../core/target/kubernetes/kustomize';
import { secretName, secretNames } from '../../core/target/kubernetes/manifests';
import { plainWindow } from '../plain-window';
import { askForContainerImage, askForImage } from './ask-for-image';
import { messageAbout } from '../problems/message-about';
import { translated } from '../problems/problem-text';
import { mayReplace } from './may-replace';
import { whilePlanning } from './while-planning';

export interface ContainerFormat {
  readonly image: (bento: Bento) => Promise<ImageChoice | undefined>;
  /** Returns the files to write. The first one is opened. */
  readonly files: (
    plan: ContainerPlan,
    bento: Bento,
    profile: string | undefined,
  ) => readonly ExportedFile[];
  /** Returns sentences that name what the user must provide before the files can be used. */
  readonly needs: (plan: ContainerPlan) => readonly string[];
}

export const composeFormat: ContainerFormat = {
  image: async (bento) => {
    const before = /^ {4}image: (\S+)$/m.exec(
      (await readExport(bento.folder, composeFileName)) ?? '',
    );
    return askForContainerImage(bento, { value: before?.[1], isUsable: isPinned });
  },
  files: (plan, { folder }) => composeFiles(plan, folder),
  needs: (plan) =>
    plan.secretVariables.length === 0
      ? []
      : [
          vscode.l10n.t(
            'Set these variables in {0}: {1}.',
            secretsFile(plan),
            plan.secretVariables.join(', '),
          ),
        ],
};

export const kubernetesFormat: ContainerFormat = {
  image: async (bento) => {
    const reference = await askForImage(bento, { isUsable: isInRegistry });
    return reference === undefined ? undefined : { reference, isDevelopment: false };
  },
  files: (plan, _, profile) => kustomize(plan, profile),
  needs: (plan) => {
    const variables = secretNames(plan);
    return variables.length === 0
      ? []
      : [
          vscode.l10n.t(
            'Create the Secret {0} with these variables: {1}.',
            secretName(plan),
            variables.join(', '),
          ),
        ];
  },
};

export async function exportContainers(
  manager: BentoManager,
  bento: Bento,
  format: ContainerFormat,
): Promise<void> {
  const { id, folder } = bento;
  const image = await format.image(bento);
  if (image === undefined) return;
  const plan = await whilePlanning(bento, (options) => manager.containerPlan(id, image, options));
  const files = format.files(plan, bento, manager.profiles(id).chosen);
  if (!(await writeExports(folder, files, mayReplace))) return;
  const [shown] = files;
  if (shown === undefined) return;
  await vscode.window.showTextDocument(vscode.Uri.file(path.join(folder, shown.path)));
  const message = [
    vscode.l10n.t('{0} was written.', shown.path),
    ...format.needs(plan),
    ...plan.leftOut.map((sentence) => translated(sentence, vscode.l10n)),
  ].join(' ');
  void plainWindow.showInformationMessage(messageAbout(bento, message));
}
