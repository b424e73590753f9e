import type { Bento } from '../core/model';
import type { Localize } from './localize';
import { withIcon } from './plain-text';
import { isServed, needsAttention, readiness } from './readiness';
import { plain } from './tree/markdown';
import { stateWord } from './tree/state-words';

export interface StatusSummary {
  readonly text: string;
  /** Paragraphs of Markdown. */
  readonly tooltip: readonly string[];
  readonly accessibilityLabel: string;
  readonly warning: boolean;
}

/** What the status bar says of everything that is served; nothing when nothing is. */
export function statusSummary(bentos: readonly Bento[], l10n: Localize): StatusSummary | undefined {
  const served = bentos.filter(isServed);
  if (served.length === 0) return undefined;
  const counts = served.map(readiness);
  const ready = counts.reduce((sum, count) => sum + count.ready, 0);
  const total = counts.reduce((sum, count) => sum + count.total, 0);
  const warning = served.some(
    (bento) => bento.state === 'degraded' || bento.components.some(needsAttention),
  );
  const starting = served.some(({ state }) => state === 'starting');
  return {
    text: withIcon(
      warning ? 'warning' : starting ? 'loading~spin' : 'server-process',
      `Bento ${ready}/${total}`,
    ),
    tooltip: served.map((bento, index) => {
      const count = counts[index] ?? { ready: 0, total: 0 };
      return plain(
        l10n.t(
          '{0}: {1}, {2}/{3} ready',
          bento.displayName,
          stateWord(bento.state, l10n),
          count.ready,
          count.total,
        ),
      );
    }),
    accessibilityLabel: l10n.t('BentoML: {0} of {1} components ready', ready, total),
    warning,
  };
}
