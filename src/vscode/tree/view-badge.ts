import type { Bento } from '../../core/model';
import { fullTitle } from './component-title';
import type { Localize } from '../localize';
import { needsAttention } from '../lifecycle/readiness';

export interface Badge {
  readonly value: number;
  readonly tooltip: string;
}

/**
 * Counts the components that are unhealthy or failed, and the bentos that failed before they had any; absent when there
 * are none.
 */
export function viewBadge(bentos: readonly Bento[], l10n: Localize): Badge | undefined {
  const titles = bentos.flatMap((bento) => {
    const components = bento.components.filter(needsAttention);
    if (components.length === 0 && bento.state === 'failed') return [bento.displayName];
    return components.map((component) => fullTitle(bento, component));
  });
  if (titles.length === 0) return undefined;
  const names = titles.join(', ');
  return {
    value: titles.length,
    tooltip:
      titles.length === 1
        ? l10n.t('1 needs attention: {0}', names)
        : l10n.t('{0} need attention: {1}', titles.length, names),
  };
}
