import { translated } from '../problems/problem-text';
import type { ComponentDetails } from '../../core/bento-manager';
import type { Component } from '../../core/model';
import { componentTitle } from '../../core/component-title';
import { commandIds } from '../identifiers';
import type { Localize } from '../localize';
import { duration } from './duration';
import { errorWords } from './error-labels';
import {
  code,
  commandLink,
  fileLink,
  inParagraph,
  markdown,
  numbers,
  paragraphs,
  plain,
  type Markdown,
} from './markdown';
import { resourceLines } from './resource-labels';
import { joined } from './row';
import { debuggingWord } from './debugging-word';
import { componentStateWord } from './state-labels';
import type { ComponentNode } from './tree-node';
import { messageOf } from '../problems/problem-text';

/** What is only for the eye of who hovers: without it the tooltip changes only when something happens. */
export interface Hover {
  /** Milliseconds since the epoch, for what grows by itself, the uptime. */
  readonly now: number;
  /** The row, which the link to its log is about. */
  readonly node: ComponentNode;
}

export function componentTooltip(
  component: Component,
  details: ComponentDetails | undefined,
  l10n: Localize,
  hover?: Hover,
): readonly Markdown[] {
  const { pids, restarts, url, problem } = component;
  const { workersAlive = 0, workersWanted = 0 } = details ?? {};
  return paragraphs([
    inParagraph([
      markdown`**${plain(componentTitle(component))}**`,
      plain(details?.debugging === 'paused' ? '' : componentStateWord(component, l10n)),
      plain(debuggingWord(details, l10n) ?? ''),
    ]),
    problem === undefined ? '' : plain(messageOf(problem, l10n)),
    problem?.location === undefined ? '' : fileLink(problem.location),
    errors(component, details, l10n, hover),
    details?.waitingFor === undefined
      ? ''
      : markdown`${plain(l10n.t('Waiting'))}: ${plain(translated(details.waitingFor, l10n))}`,
    url === undefined ? '' : code(url),
    pids.length === 0
      ? ''
      : inParagraph([
          markdown`${plain(pids.length === 1 ? l10n.t('Process') : l10n.t('Processes'))} ${numbers(pids)}`,
          plain(workersWanted > 1 ? l10n.t('{0} of {1} workers', workersAlive, workersWanted) : ''),
        ]),
    ...resourceLines(details?.resources ?? [], l10n).map(plain),
    plain(since(component, l10n, hover?.now)),
    restarts === 0 ? '' : plain(l10n.t('Restarts: {0}', restarts)),
    details?.command === undefined ? '' : code(details.command),
  ]);
}

function errors(
  { state }: Component,
  details: ComponentDetails | undefined,
  l10n: Localize,
  hover: Hover | undefined,
): Markdown | '' {
  const words = errorWords(details, l10n);
  if (words === undefined || (state !== 'ready' && state !== 'unhealthy')) return '';
  return inParagraph([
    plain(words),
    hover === undefined
      ? markdown``
      : commandLink(l10n.t('Open Log'), commandIds.openLog, hover.node),
  ]);
}

function since({ readyAt, startedAt, state }: Component, l10n: Localize, now?: number): string {
  if (state !== 'ready' && state !== 'unhealthy') return '';
  const took =
    readyAt === undefined || startedAt === undefined
      ? undefined
      : l10n.t('ready after {0} s', ((readyAt - startedAt) / 1000).toFixed(1));
  const up =
    now === undefined || startedAt === undefined
      ? undefined
      : l10n.t('Up for {0}', duration(now - startedAt, l10n));
  return joined([up, took]);
}
