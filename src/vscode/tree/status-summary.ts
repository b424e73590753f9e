import type { Bento } from '../../core/model';
import { componentTitle } from '../../core/component-title';
import type { Localize } from '../localize';
import { withIcon } from '../plain-text';
import { debuggingWord } from './debugging-word';
import { isServed, needsAttention, readiness, type Readiness } from '../lifecycle/readiness';
import { plain, type Markdown } from './markdown';
import { stateAndProgress } from './progress-labels';
import { joined } from './row';
import { shortReason } from './short-reason';
import { componentStateWord } from './state-labels';

export interface StatusSummary {
  readonly text: string;
  /** Paragraphs, what failed first. */
  readonly tooltip: readonly Markdown[];
  readonly accessibilityLabel: string;
  readonly severity: 'none' | 'warning' | 'error';
}

/** The ids of a bento's components that are stopped at a breakpoint. */
type PausedOf = (bento: Bento) => readonly string[];

/** What the status bar says of everything that is served or has failed; nothing when nothing is or has. */
export function statusSummary(
  bentos: readonly Bento[],
  l10n: Localize,
  now: number,
  pausedOf: PausedOf = () => [],
): StatusSummary | undefined {
  const failed = bentos.filter(hasFailed);
  const served = bentos.filter((bento) => isServed(bento) && !hasFailed(bento));
  const shown = [...failed, ...served];
  if (shown.length === 0) return undefined;
  const known = new Map(shown.map((bento) => [bento, pausedOf(bento)]));
  const paused = (bento: Bento): readonly string[] => known.get(bento) ?? [];
  const counts = shown.map((bento) => countOf(bento, paused));
  const ready = counts.reduce((sum, count) => sum + count.ready, 0);
  const total = counts.reduce((sum, count) => sum + count.total, 0);
  const severity = failed.length > 0 ? 'error' : served.some(isUnwell) ? 'warning' : 'none';
  const starting = served.some(({ state }) => state === 'starting');
  const icon = severity === 'none' ? (starting ? 'loading~spin' : 'server-process') : severity;
  const counted = l10n.t('BentoML: {0} of {1} components ready', ready, total);
  const failures = failed.map(({ displayName }) => displayName).join(', ');
  return {
    text: withIcon(icon, `Bento ${ready}/${total}`),
    tooltip: shown.map((bento) => plain(line(bento, l10n, now, paused))),
    accessibilityLabel: joined(
      [counted, failures === '' ? '' : l10n.t('failed: {0}', failures)],
      ', ',
    ),
    severity,
  };
}

const hasFailed = ({ state, components }: Bento): boolean =>
  state === 'failed' || components.some((component) => component.state === 'failed');

const isUnwell = ({ state, components }: Bento): boolean =>
  state === 'degraded' || components.some(needsAttention);

/** A bento that starts or failed before its components were known is one thing that is not ready. */
function countOf(bento: Bento, paused: PausedOf): Readiness {
  const { ready, total } = readiness(bento, paused(bento));
  const isOne = bento.state === 'failed' || bento.state === 'starting';
  return { ready, total: isOne ? Math.max(1, total) : total };
}

function line(bento: Bento, l10n: Localize, now: number, paused: PausedOf): string {
  const { displayName, state, problem, components } = bento;
  const { ready, total } = countOf(bento, paused);
  const unwell = components
    .filter(needsAttention)
    .map((component) => `${componentTitle(component)} ${componentStateWord(component, l10n)}`);
  const said = joined(
    [
      ...stateAndProgress(bento, now, l10n),
      l10n.t('{0}/{1} ready', ready, total),
      paused(bento).length > 0 ? debuggingWord({ debugging: 'paused' }, l10n) : undefined,
      state === 'failed' ? shortReason(problem, l10n) : joined(unwell, ', '),
    ],
    ', ',
  );
  return `${displayName}: ${said}`;
}
