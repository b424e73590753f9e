import * as vscode from 'vscode';
import { say } from '../../core/messages/message';
import type { ImageChoice } from '../../core/target/containers/container-plan';
import { isImageName, isPinned } from '../../core/target/containers/image-reference';
import { plainWindow } from '../plain-window';
import { translated } from '../problems/problem-text';

export interface ImageQuestion {
  /** The suggested answer. */
  readonly value?: string | undefined;
  readonly isUsable: (reference: string) => boolean;
}

/** The image that is suggested for source and environment of this machine. */
const baseImage = 'debian:stable-slim';

/**
 * Asks what containers run, and for the image. Only on Linux can they use the Python environment of this machine.
 * Returns undefined if the user cancels.
 */
export async function askForContainerImage(
  bento: { readonly displayName: string },
  { value, isUsable }: ImageQuestion,
): Promise<ImageChoice | undefined> {
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
  const { isDevelopment } = kind;
  const suggested = isDevelopment && isUsable(baseImage) ? baseImage : undefined;
  const reference = await askForImage(bento, { value: value ?? suggested, isUsable });
  return reference === undefined ? undefined : { reference, isDevelopment };
}

/** Asks for an image. Returns undefined if the user cancels. */
export async function askForImage(
  { displayName }: { readonly displayName: string },
  { value, isUsable }: ImageQuestion,
): Promise<string | undefined> {
  const answer = await plainWindow.showInputBox({
    title: vscode.l10n.t('Image for {0}', displayName),
    prompt:
      isUsable === isImageName
        ? vscode.l10n.t(
            'Name of the image. Its current version is used until you choose another image.',
          )
        : vscode.l10n.t('Image with its digest, such as registry.example.com/search@sha256:…'),
    ignoreFocusOut: true,
    ...(value !== undefined && { value }),
    validateInput: (text) =>
      isUsable(text.trim()) ? undefined : translated(refusalOf(isUsable), vscode.l10n),
  });
  return answer?.trim();
}

function refusalOf(isUsable: ImageQuestion['isUsable']): ReturnType<typeof say> {
  if (isUsable === isImageName) return say('notAnImageName');
  return say(isUsable === isPinned ? 'imageNotPinned' : 'imageNotInRegistry');
}
