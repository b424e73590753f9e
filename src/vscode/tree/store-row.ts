import type { Bento } from '../../core/model';
import type { Localize } from '../localize';
import { isServed } from '../lifecycle/readiness';
import { joined, type Row } from './row';

/** The group of built bentos. */
export function storeRow(bentos: readonly Bento[], l10n: Localize): Row {
  const served = bentos.filter(isServed).length;
  const label = l10n.t('Bento store');
  const description = joined([
    bentos.length.toString(),
    served === 0 ? '' : l10n.t('{0} served', served),
  ]);
  return {
    label,
    description,
    icon: { id: 'archive' },
    contextValue: '',
    accessibilityLabel: `${label}, ${description.replaceAll(' · ', ', ')}`,
    tooltip: [],
    collapsible: 'collapsed',
  };
}
