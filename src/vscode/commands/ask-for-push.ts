import * as vscode from 'vscode';
import { cancelled } from '../../core/problem';
import type { PushAnswer, PushQuestion } from '../../core/registry/engines/engine-context';
import { plainWindow } from '../plain-window';

interface Item {
  readonly label: string;
  readonly detail: string;
  readonly answer: PushAnswer;
}

/** Asks which image is pushed, or whether another one is used. @throws ServeError `cancelled` */
export async function askForPush(
  { displayName }: { readonly displayName: string },
  question: PushQuestion,
): Promise<PushAnswer> {
  const items = [...itemsOf(question), other()];
  const chosen = await plainWindow.showQuickPick(items, {
    title: vscode.l10n.t('Which image of {0} should the cluster run?', displayName),
    placeHolder: vscode.l10n.t('Images are pushed to {0}', question.registry),
  });
  if (chosen === undefined) throw cancelled();
  return chosen.answer;
}

function itemsOf(question: PushQuestion): readonly Item[] {
  const { tag, isContainerized, last, hasChanged, registry } = question;
  if (tag !== undefined) {
    return [
      {
        label: isContainerized
          ? vscode.l10n.t('Push {0}', tag)
          : vscode.l10n.t('Containerize and Push {0}', tag),
        detail: vscode.l10n.t(
          'Pushes to {0} with the credentials of your own docker, podman or nerdctl.',
          registry,
        ),
        answer: 'push',
      },
    ];
  }
  const build = buildItem(question);
  if (last === undefined) return [build];
  const detail = hasChanged
    ? vscode.l10n.t('Built {0}. The source or serveBento.args have changed since.', timeOf(last.at))
    : vscode.l10n.t('Built {0}. The source has not changed since.', timeOf(last.at));
  const use: Item = { label: vscode.l10n.t('Use {0}', last.tag), detail, answer: 'push' };
  return hasChanged ? [build, use] : [use, build];
}

const buildItem = ({ last, registry }: PushQuestion): Item => ({
  label:
    last === undefined
      ? vscode.l10n.t('Build, Containerize and Push')
      : vscode.l10n.t('Build Again, Containerize and Push'),
  detail: vscode.l10n.t(
    'Pushes to {0} with the credentials of your own docker, podman or nerdctl.',
    registry,
  ),
  answer: 'build',
});

const other = (): Item => ({
  label: vscode.l10n.t('Enter Another Image…'),
  detail: vscode.l10n.t('Enter an image with its registry and digest. Nothing is pushed.'),
  answer: 'other',
});

/** The time of a build, with the date unless it was today. */
function timeOf(at: number): string {
  const time = new Date(at);
  const isToday = time.toDateString() === new Date().toDateString();
  return isToday
    ? time.toLocaleTimeString(vscode.env.language, { hour: '2-digit', minute: '2-digit' })
    : time.toLocaleString(vscode.env.language, { dateStyle: 'medium', timeStyle: 'short' });
}
