import type { ComponentWorker } from '../../core/model';
import type { Localize } from '../localize';
import { messageOf } from '../problems/problem-text';
import { markdown, paragraphs, plain, type Markdown } from './markdown';
import { duration } from './duration';
import { joined, type Row } from './row';
import { shortReason } from './short-reason';
import { stateIcons } from './state-icon';
import { stateWord } from './state-labels';

/** The row of a container or pod. */
export function workerRow(worker: ComponentWorker, l10n: Localize): Row {
  const { name, shortName = name, state, node, problem } = worker;
  const word = stateWord(state, l10n);
  const restarts = restartWords(worker, l10n);
  const message = problem && messageOf(problem, l10n);
  return {
    label: shortName,
    // The problem comes first, because a narrow view shows only the beginning.
    description: joined([shortReason(problem, l10n), word, node, restarts]),
    icon: stateIcons[state],
    contextValue: [
      'worker',
      ...(state === 'stopped' ? [] : ['hasShell']),
      ...(worker.hasPreviousLog === true ? ['hasPreviousLog'] : []),
    ].join(':'),
    accessibilityLabel: joined([shortName, word, message, node, restarts], ', '),
    tooltip: workerTooltip(worker, l10n),
    collapsible: 'none',
  };
}

/** @param now milliseconds since the epoch. Absent: without what grows by itself, the uptime */
export function workerTooltip(
  worker: ComponentWorker,
  l10n: Localize,
  now?: number,
): readonly Markdown[] {
  const { name, state, node, problem, startedAt } = worker;
  return paragraphs([
    markdown`**${plain(name)}**`,
    plain(joined([stateWord(state, l10n), node])),
    plain(problem === undefined ? '' : messageOf(problem, l10n)),
    plain(
      startedAt === undefined || now === undefined || !isRunning(worker)
        ? ''
        : l10n.t('Up for {0}', duration(now - startedAt, l10n)),
    ),
    plain(restartWords(worker, l10n) ?? ''),
  ]);
}

const isRunning = ({ state }: ComponentWorker): boolean =>
  state === 'ready' || state === 'starting' || state === 'unhealthy';

const restartWords = ({ restarts }: ComponentWorker, l10n: Localize): string | undefined =>
  restarts === 0 ? undefined : l10n.t('Restarts: {0}', String(restarts));
