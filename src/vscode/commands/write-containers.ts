import path from 'node:path';
import * as vscode from 'vscode';
import type { BentoManager } from '../../core/bento-manager';
import type { ExportedFile } from '../../core/export/exported-file';
import { readExport } from '../../core/export/write-export';
import { writeExports } from '../../core/export/write-exports';
import { say } from '../../core/messages/message';
import type { Bento } from '../../core/model';
import { composeFileName, composeFiles } from '../../core/target/compose/compose-file';
import { secretsFile } from '../../core/target/compose/compose-service';
import type { ContainerPlan, ImageChoice } from '../../core/target/containers/container-plan';
import { isInRegistry, isPinned } from '../../core/target/containers/image-reference';
import { kustomize } from '../../core/target/kubernetes/kustomize';
import { secretName, secretNames } from '../../core/target/kubernetes/manifests';
import { plainWindow } from '../plain-window';
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
  image: composeImage,
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
  image: async (bento) => asked(await askForImage(bento, undefined, isInRegistry), false),
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

/** Asks for the image. Only on Linux can containers use the Python environment of this machine. */
async function composeImage(bento: Bento): Promise<ImageChoice | undefined> {
  const before = /^ {4}image: (\S+)$/m.exec(
    (await readExport(bento.folder, composeFileName)) ?? '',
  );
  const kinds = [
    {
      label: vscode.l10n.t('Image of the Built Bento'),
      detail: vscode.l10n.t('Contains the code, the models and the packages.'),
      isDevelopment: false,
    },
    {
      label: vscode.l10n.t('Source and Python Environment of This Machine'),
      detail: vscode.l10n.t('For development: both are mounted into a Debian or Ubuntu image.'),
      isDevelopment: true,
    },
  ];
  const kind =
    process.platform === 'linux'
      ? await plainWindow.showQuickPick(kinds, {
          title: vscode.l10n.t('What should the containers of {0} run?', bento.displayName),
        })
      : kinds[0];
  if (kind === undefined) return undefined;
  return asked(await askForImage(bento, before?.[1], isPinned), kind.isDevelopment);
}

const asked = (reference: string | undefined, isDevelopment: boolean): ImageChoice | undefined =>
  reference === undefined ? undefined : { reference, isDevelopment };

async function askForImage(
  bento: Bento,
  value: string | undefined,
  isUsable: (reference: string) => boolean,
): Promise<string | undefined> {
  const refusal = say(isUsable === isPinned ? 'imageNotPinned' : 'imageNotInRegistry');
  const answer = await plainWindow.showInputBox({
    title: vscode.l10n.t('Image for {0}', bento.displayName),
    prompt: vscode.l10n.t('Image with its digest, such as registry.example.com/search@sha256:…'),
    ignoreFocusOut: true,
    ...(value !== undefined && { value }),
    validateInput: (text) => (isUsable(text.trim()) ? undefined : translated(refusal, vscode.l10n)),
  });
  return answer?.trim();
}
