import type { ComponentDetails } from '../../core/bento-manager';
import type { Localize } from '../localize';

/** Whether a debugger is attached to a component. */
export function debuggingWord(
  details: Pick<ComponentDetails, 'debugging'> | undefined,
  l10n: Localize,
): string | undefined {
  switch (details?.debugging) {
    case 'attached':
      return l10n.t('debugging');
    case 'paused':
      return l10n.t('paused in debugger');
    case undefined:
      return undefined;
  }
}
