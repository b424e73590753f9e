import type { ComponentDetails } from '../../core/bento-manager';
import type { Component } from '../../core/model';
import { componentTitle } from '../component-title';
import type { Localize } from '../localize';
import { duration } from './duration';
import {
  code,
  fileLink,
  inParagraph,
  markdown,
  numbers,
  paragraphs,
  plain,
  type Markdown,
} from './markdown';
import { resourceLines } from './resource-words';
import { joined } from './row';
import { componentStateWord } from './state-words';

/** `now` is for what grows by itself, the uptime: without it the tooltip changes only when something happens. */
export function componentTooltip(
  component: Component,
  details: ComponentDetails | undefined,
  l10n: Localize,
  now?: number,
): readonly Markdown[] {
  const { pids, restarts, url, problem } = component;
  const { workersAlive = 0, workersWanted = 0 } = details ?? {};
  return paragraphs([
    inParagraph([
      markdown`**${plain(componentTitle(component))}**`,
      plain(componentStateWord(component, l10n)),
    ]),
    problem === undefined ? '' : plain(problem.message),
    problem?.location === undefined ? '' : fileLink(problem.location),
    details?.waitingFor === undefined
      ? ''
      : markdown`${plain(l10n.t('Waiting'))}: ${plain(details.waitingFor)}`,
    url === undefined ? '' : code(url),
    pids.length === 0
      ? ''
      : inParagraph([
          markdown`${plain(pids.length === 1 ? l10n.t('Process') : l10n.t('Processes'))} ${numbers(pids)}`,
          plain(workersWanted > 1 ? l10n.t('{0} of {1} workers', workersAlive, workersWanted) : ''),
        ]),
    ...resourceLines(details?.resources ?? [], l10n).map(plain),
    plain(since(component, l10n, now)),
    restarts === 0 ? '' : plain(l10n.t('Restarts: {0}', restarts)),
    details?.command === undefined ? '' : code(details.command),
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
