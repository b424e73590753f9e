import type { ComponentWorker } from '../../core/model';
import type { Localize } from '../localize';
import { messageOf } from '../problems/problem-text';
import { markdown, paragraphs, plain } from './markdown';
import { duration } from './duration';
import { joined, type Row } from './row';
import { shortReason } from './short-reason';
import { stateIcons } from './state-icon';
import { stateWord } from './state-labels';

/** The row of a container or pod. @param now milliseconds since the epoch */
export function workerRow(worker: ComponentWorker, l10n: Localize, now: number): Row {
  const { name, shortName = name, state, node, problem, startedAt } = worker;
  const word = stateWord(state, l10n);
  const restarts =
    worker.restarts === 0 ? undefined : l10n.t('Restarts: {0}', String(worker.restarts));
  const message = problem && messageOf(problem, l10n);
  return {
    label: shortName,
    // The problem comes first, because a narrow view shows only the beginning.
    description: joined([shortReason(problem, l10n), word, node, restarts]),
    icon: stateIcons[state],
    contextValue: ['worker', ...(state === 'stopped' ? [] : ['hasShell'])].join(':'),
    accessibilityLabel: joined([shortName, word, message, node, restarts], ', '),
    tooltip: paragraphs([
      markdown`**${plain(name)}**`,
      plain(joined([word, node])),
      plain(message ?? ''),
      plain(startedAt === undefined ? '' : l10n.t('Up for {0}', duration(now - startedAt, l10n))),
      plain(restarts ?? ''),
    ]),
    collapsible: 'none',
  };
}
