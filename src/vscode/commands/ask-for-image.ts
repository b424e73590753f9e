import * as vscode from 'vscode';
import { say } from '../../core/messages/message';
import type { BentoSource } from '../../core/model';
import type { ImageChoice } from '../../core/target/containers/container-plan';
import { isImageName, isPinned } from '../../core/target/containers/image-reference';
import { plainWindow } from '../plain-window';
import { translated } from '../problems/problem-text';

export interface ImageQuestion {
  /** The suggested answer. */
  readonly value?: string | undefined;
  readonly isUsable: (reference: string) => boolean;
  /** Whether the user could have images pushed instead, and is told how. */
  readonly canPush?: boolean;
}

/** The image that is suggested for source and environment of this machine. */
const baseImage = 'debian:stable-slim';

type Kind = 'image' | 'development' | 'build';

/**
 * Asks what containers run, and for the image. Only on Linux can they use the Python environment of this machine.
 * Returns undefined if the user cancels.
 */
export async function askForContainerImage(
  bento: { readonly displayName: string },
  question: ImageQuestion,
): Promise<ImageChoice | undefined> {
  const kind = await askForKind(bento, ['image', 'development']);
  return kind === undefined ? undefined : imageOfKind(bento, kind, question);
}

/** Asks the same about a bento that is served at once, for which an image can be built too. */
export async function askForServedImage(
  bento: { readonly displayName: string },
  source: BentoSource,
): Promise<ImageChoice | 'build' | undefined> {
  const isBuilt = source === 'store';
  const kind = await askForKind(bento, ['image', 'build', 'development'], isBuilt);
  if (kind === undefined || kind === 'build') return kind;
  return imageOfKind(bento, kind, { isUsable: isImageName });
}

async function imageOfKind(
  bento: { readonly displayName: string },
  kind: Kind,
  { value, isUsable }: ImageQuestion,
): Promise<ImageChoice | undefined> {
  const isDevelopment = kind === 'development';
  const suggested = isDevelopment && isUsable(baseImage) ? baseImage : undefined;
  const reference = await askForImage(bento, { value: value ?? suggested, isUsable });
  return reference === undefined ? undefined : { reference, isDevelopment };
}

async function askForKind(
  { displayName }: { readonly displayName: string },
  kinds: readonly Kind[],
  isBuilt = true,
): Promise<Kind | undefined> {
  const usable = kinds.filter((kind) => kind !== 'development' || process.platform === 'linux');
  if (usable.length < 2) return usable[0];
  const items = usable.map((kind) => ({ answer: kind, ...kindLabel(kind, isBuilt) }));
  const title = vscode.l10n.t('What should the containers of {0} run?', displayName);
  return (await plainWindow.showQuickPick(items, { title }))?.answer;
}

function kindLabel(
  kind: Kind,
  isBuilt: boolean,
): { readonly label: string; readonly detail: string } {
  switch (kind) {
    case 'image':
      return {
        label: vscode.l10n.t('Image of the Built Bento'),
        detail: vscode.l10n.t('Contains the code, the models and the packages.'),
      };
    case 'development':
      return {
        label: vscode.l10n.t('Source and Python Environment of This Machine'),
        detail: vscode.l10n.t('For development: both are mounted into a Debian or Ubuntu image.'),
      };
    case 'build':
      return isBuilt
        ? {
            label: vscode.l10n.t('Containerize Now'),
            detail: vscode.l10n.t('Creates the image of the built bento. It can take minutes.'),
          }
        : {
            label: vscode.l10n.t('Build and Containerize Now'),
            detail: vscode.l10n.t('Builds the bento and creates its image. It can take minutes.'),
          };
  }
}

/** Asks for an image. Returns undefined if the user cancels. */
export async function askForImage(
  { displayName }: { readonly displayName: string },
  { value, isUsable, canPush = false }: ImageQuestion,
): Promise<string | undefined> {
  const answer = await plainWindow.showInputBox({
    title: vscode.l10n.t('Image for {0}', displayName),
    prompt: promptFor(isUsable, canPush),
    ignoreFocusOut: true,
    ...(value !== undefined && { value }),
    validateInput: (text) =>
      isUsable(text.trim()) ? undefined : translated(refusalOf(isUsable), vscode.l10n),
  });
  return answer?.trim();
}

function promptFor(isUsable: ImageQuestion['isUsable'], canPush: boolean): string {
  if (isUsable === isImageName) {
    return vscode.l10n.t(
      'Name of the image. Its current version is used until you choose another image.',
    );
  }
  return canPush
    ? vscode.l10n.t(
        'Image with its digest, such as registry.example.com/search@sha256:… To have images built and pushed, set serveBento.registry.',
      )
    : vscode.l10n.t('Image with its digest, such as registry.example.com/search@sha256:…');
}

function refusalOf(isUsable: ImageQuestion['isUsable']): ReturnType<typeof say> {
  if (isUsable === isImageName) return say('notAnImageName');
  return say(isUsable === isPinned ? 'imageNotPinned' : 'imageNotInRegistry');
}
