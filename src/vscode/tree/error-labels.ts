import type { ComponentDetails } from '../../core/bento-manager';
import type { Localize } from '../localize';

/** Nothing when there were none. */
export function errorWords(
  details: ComponentDetails | undefined,
  l10n: Localize,
): string | undefined {
  const { recentErrors = 0 } = details ?? {};
  if (recentErrors === 0) return undefined;
  return recentErrors === 1
    ? l10n.t('1 error in the last minute')
    : l10n.t('{0} errors in the last minute', recentErrors);
}
